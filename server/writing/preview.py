"""A text as the phone will show it: drawn by the very functions that publishing uses, in the very frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.writing.checks import with_document
from sync.alerts.library import Library
from sync.editions.page import BODY_LIMIT, Page, compose
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.pages import complaints, guides, notices, site
from sync.rendering.render import render


@dataclass(frozen=True, slots=True)
class Preview:
    """`page`: the one shown. `others`: further pages of the channel that the document changes, by path and title."""

    channel: str
    page: Page
    shell: str
    others: tuple[tuple[str, str], ...] = ()

    @property
    def html(self) -> str:
        return compose(self.shell, self.page.body)

    @property
    def byte_size(self) -> int:
        return len(self.page.body.encode())


def render_preview(library: Library, assets: Assets, kind: str, value: Any, path: str = "") -> Preview | None:
    """The page of a document, or the page at `path` among those it changes. None: no page shows it. Raises BadContent for one too long."""
    channel = _choose_channel(library, value)
    changed = with_document(library, kind, value)
    view = ChannelView.for_channel(changed, channel, assets)
    shell = site.shell_page(view).body
    if kind == "guide":
        return Preview(channel, guides.guide_page(view, SelectedDocument(value, False), "rest"), shell)
    if kind == "notice":
        return Preview(channel, notices.notice_page(view, SelectedDocument(value, False)), shell)
    if kind == "template":
        letters = [page for page in complaints.pages(view) if page.path.count("/") == 2]
        mine = [page for page in letters if page.title == _title(value)] or letters
        return Preview(channel, mine[0], shell, tuple((page.path, page.title) for page in mine)) if mine else None
    return _preview_changed_page(library, changed, channel, assets, path)


def _preview_changed_page(
    library: Library, changed: Library, channel: str, assets: Assets, path: str
) -> Preview | None:
    before = {page.path: page.body for page in render(library, channel, assets)}
    after = {page.path: page for page in render(changed, channel, assets)}
    differ = [page for page in after.values() if before.get(page.path) != page.body and not page.path.startswith("_")]
    if not differ:
        differ = [page for page in after.values() if page.path == "index"]
    shown = next((page for page in differ if page.path == path), differ[0])
    shell = after["_shell"].body
    return Preview(channel, shown, shell, tuple((page.path, page.title) for page in differ))


def _choose_channel(library: Library, value: Any) -> str:
    """The first channel that shows the document; one that would, where the site has none of its language."""
    channels = library.site.channels
    lang = getattr(value, "lang", library.site.lang)
    countries = getattr(value, "countries", ()) or ((value.country,) if hasattr(value, "country") else ())
    fitting = [
        channel
        for channel in channels
        if channel.startswith(f"{lang}-") and (not countries or channel[-2:] in countries)
    ]
    if fitting:
        return fitting[0]
    country = next(
        (code for code in countries if code.isalpha() and len(code) == 2), channels[0][-2:] if channels else "ML"
    )
    return f"{lang}-{country}"


def _title(value: Any) -> str:
    from markupsafe import escape

    from sync.rendering.minify import unescape_text

    return unescape_text(escape(value.title))


__all__ = ["BODY_LIMIT", "Preview", "render_preview"]
