"""No page jumps while it is read: what the app adds takes room that was kept for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browser_site import one_of_each_kind, page_address, page_paths
from tests.support.chromium import PHONE, PhoneFactory, wait_until_offline_ready
from tests.support.mobile_link import MobileLink

LIMIT = 0.05
OBSERVE = """
window.shifts = []
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput)
    window.shifts.push([entry.value, entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 60) ?? String(node))])
}).observe({ type: "layout-shift", buffered: true })
"""
QUIET = 700  # ms without a change: the features of a page have mounted


@pytest.mark.soak
@pytest.mark.spared("channel", "the sentence about another channel is said once")
def test_no_kind_of_page_shifts_as_the_app_wakes_up(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones(viewport={**PHONE["viewport"], "height": 640}).new_page()
    page.add_init_script(OBSERVE)
    page.goto(f"{link.url}/fr-ML/")
    first_visit = _shift_when_quiet(page)
    wait_until_offline_ready(page)
    shifts = {"first visit": first_visit}
    for path in one_of_each_kind(page_paths(link.target)):
        page.goto(link.url + page_address("fr-ML", path))
        shifts[path] = _shift_when_quiet(page)
    assert {path: found for path, found in shifts.items() if found[0] >= LIMIT} == {}


def _shift_when_quiet(page: Page) -> tuple[float, list[object]]:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET)
    shifts = page.evaluate("window.shifts")
    return round(sum(value for value, _ in shifts), 3), shifts
