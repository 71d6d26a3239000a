"""Every link inside a channel leads to one of its pages, in a small library and in the real content."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from sync.alerts.library_with_alerts import Library
from sync.content.folder import read_folder
from sync.documents.pictograms import PICTOGRAMS
from sync.editions.page import INDEX
from tests.support.sample_library import LIBRARY, pages

ORIGIN = "https://site.example"


class _Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.pictograms: list[str] = []
        self.defined: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "symbol":
            self.defined.append(values["id"])
        elif tag == "use":
            self.pictograms.append(values["href"].removeprefix("#"))
        elif tag in ("a", "form"):
            self.addresses.append(values.get("href", values.get("action", "")))


SERVED = (
    "/app/table.html",
    "/notices.json",
    "/notices.atom",
)  # a file of the built app; what the server answers itself


def broken_links(library: Library, channel: str) -> list[str]:
    rendered = pages(library, channel)
    channels = {f"/{code}/" for code in library.site.channels}
    addresses = {
        f"/{channel}/{'' if path == INDEX else path}" for path in rendered if not path.startswith("_")
    } | channels
    addresses.update(SERVED)
    broken = []
    for path, body in rendered.items():
        page_address = f"{ORIGIN}/{channel}/{'' if path == INDEX else path}"
        for address in _Links(body).addresses:
            target = urlsplit(urljoin(page_address, address))
            inside = f"{target.scheme}://{target.netloc}" == ORIGIN and not address.startswith("#")
            if inside and target.path not in addresses:
                broken.append(f"{path} -> {address}")
    return broken


@pytest.fixture(scope="module")
def content(root: Path) -> Library:
    return read_folder(root / "content").library


@pytest.mark.parametrize("channel", ["fr-ML", "fr-BF", "en-ML"])
def test_links_of_a_small_library_lead_somewhere(channel: str) -> None:
    assert broken_links(LIBRARY, channel) == []


def test_links_of_the_whole_content_lead_somewhere_in_every_channel(content: Library) -> None:
    assert {channel: broken for channel in content.site.channels if (broken := broken_links(content, channel))} == {}


def test_every_pictogram_on_a_page_is_defined_once_by_it_or_its_shell(content: Library) -> None:
    for channel in content.site.channels:
        rendered = pages(content, channel)
        frame = _Links(rendered["_shell"]).defined
        for path, body in rendered.items():
            page = _Links(body)
            defined = page.defined if path == "_shell" else [*frame, *page.defined]
            assert len(defined) == len(set(defined)), path
            assert set(page.pictograms) <= set(defined), path


def test_pictograms_are_small_and_drawn_on_the_same_grid() -> None:
    assert all(len(path) <= 350 for path in PICTOGRAMS.values())
    assert all(set(path) <= set("MmLlHhVvCcSsQqTtAaZz-. 0123456789") for path in PICTOGRAMS.values())
