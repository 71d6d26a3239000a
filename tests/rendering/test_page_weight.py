"""Size limits of styles, shell and the first two pages, compressed."""

from __future__ import annotations

from pathlib import Path

import brotli

from sync.content.folder import read_folder
from sync.editions.page import compose
from sync.locale import Translator
from sync.rendering.render import Assets
from tests.support.minified_styles import minified_styles
from tests.support.sample_library import pages

STYLES = 6 * 1024
SHELL = 5_000
FIRST_VISIT = 14_000  # bytes until a guide can be read, in two navigations


def wire(html: str) -> int:
    return len(brotli.compress(html.encode(), quality=5))  # quality 5, affordable for a page rendered on demand


def test_styles_stay_small() -> None:
    assert len(minified_styles().encode()) <= STYLES


def test_home_and_a_guide_fit_in_the_first_visit(root: Path) -> None:
    content = read_folder(root / "content").library
    assets = Assets(minified_styles(), ("/app/main.js",), Translator.load(root / "content/locale"))
    for channel in content.site.channels:
        rendered = pages(content, channel, assets)
        shell = rendered["_shell"]
        guides = [wire(compose(shell, body)) for path, body in rendered.items() if path.startswith("guides/")]
        assert wire(shell) <= SHELL
        assert wire(compose(shell, rendered["index"])) + max(guides) <= FIRST_VISIT
