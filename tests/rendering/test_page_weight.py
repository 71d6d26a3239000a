"""Size limits of styles, shell and the first two pages, compressed."""

from __future__ import annotations

import re
from pathlib import Path

import brotli

from sync.content.folder import read_folder
from sync.editions.page import compose
from sync.locale import Translator
from sync.rendering.render import Assets, render
from tests.support.minified_styles import minified_styles
from tests.support.sample_library import pages

STYLES = 7 * 1024  # bytes in each page before compression; 2.2 kB of brotli, of which each severity has a shape
SHELL = 5_000
GUIDE = 8_000  # with its frame, pictures of its steps included
PAGE = 16_000
ESSENTIALS = 25_000  # the first download: shell, home, essential guides
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
        assert max(guides) <= GUIDE
        assert max(wire(compose(shell, body)) for body in rendered.values()) <= PAGE


def test_the_essentials_with_their_pictures_are_one_small_download(root: Path) -> None:
    content = read_folder(root / "content").library
    assets = Assets(minified_styles(), ("/app/main.js",), Translator.load(root / "content/locale"))
    for channel in content.site.channels:
        first = [page for page in render(content, channel, assets) if page.part == "first"]
        assert wire("\n".join(page.body for page in first)) <= ESSENTIALS


def test_every_step_of_an_essential_guide_has_its_picture(root: Path) -> None:
    content = read_folder(root / "content").library
    for channel in content.site.channels:
        for path, body in pages(content, channel).items():
            if any(path == f"guides/{guide.slug}" and guide.essential for guide in content.guides.values()):
                steps = re.findall(r"<li[^>]*>", "".join(re.findall(r"<ol>.*?</ol>|<section>.*?</section>", body)))
                assert steps, path
                assert set(steps) == {"<li class=pic>"}, path
