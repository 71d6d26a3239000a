"""Faults of a page in Chromium: what axe finds, and a page wider than a phone. Used by browser tests."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support import repository

AXE = "pwa/node_modules/axe-core/axe.min.js"
PHONE_WIDTH = 360  # CSS pixels
JUDGE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`))"""


def accessibility_faults(page: Page, screen: int = PHONE_WIDTH) -> list[str]:
    """One line for each violation, and one for a page wider than the screen, all its parts unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate((repository.ROOT / AXE).read_text("utf-8"))
    faults = list(map(str, page.evaluate(JUDGE)))
    width = int(page.evaluate("document.documentElement.scrollWidth"))
    return faults if width <= screen else [*faults, f"{width} px wide"]
