"""Preview of a document as phones display it, rendered by the functions that publishing uses. Used by the console."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from server.writing.checks import with_document
from sync.alerts.library_with_alerts import Library
from sync.complaints import resolve_paths
from sync.documents.country_blocks import text_for_country
from sync.documents.model import LetterTemplate
from sync.editions.page import BODY_LIMIT, Page, compose, rendered_pages
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.pages import complaints, guides, notices, recommendations, site
from sync.rendering.render import render


@dataclass(frozen=True, slots=True)
class Preview:
    """A previewed page. `others`: path and title of the channel's pages that the document changes."""

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
    """Render the page of a document, or the page at `path` among those it changes; None if no page contains it.

    Raises BadContent if the page is too long.
    """
    channel = _choose_channel(library, value)
    changed = with_document(library, kind, value)
    view = ChannelView.for_channel(changed, channel, assets)
    shell = site.shell_page(view).body
    if kind == "guide":
        [page] = rendered_pages([guides.guide_page(view, SelectedDocument(value, False), "rest")])
        return Preview(channel, page, shell)
    if kind == "notice":
        [page] = rendered_pages([notices.notice_page(view, SelectedDocument(value, False))])
        return Preview(channel, page, shell)
    if kind == "recommendation":
        [page] = rendered_pages([recommendations.recommendation_page(view, SelectedDocument(value, False))])
        return Preview(channel, page, shell)
    if kind == "template":
        with_letter = _show_letter(view, changed, value)
        letters = [page for page in rendered_pages(complaints.pages(with_letter)) if page.path.count("/") == 2]
        matching = [page for page in letters if page.title == _title(value)] or letters
        return (
            Preview(channel, matching[0], shell, tuple((page.path, page.title) for page in matching))
            if matching
            else None
        )
    return _preview_changed_page(library, changed, channel, assets, path)


def _show_letter(view: ChannelView, library: Library, letter: LetterTemplate) -> ChannelView:
    """The view with this letter in its language, which readers get once it and the country's paths are reviewed."""
    selection = view.selection
    templates = {(each.document.slug, selection.lang): each.document for each in selection.templates}
    body = text_for_country(letter.body, selection.country)
    data = replace(
        library,
        templates=templates | {(letter.slug, selection.lang): replace(letter, body=body)},
        routes={selection.country: selection.route},
        authorities={selection.country: selection.authorities},
    )
    return replace(view, paths=tuple(resolve_paths(data, selection.country, selection.lang)))


def _preview_changed_page(
    library: Library, changed: Library, channel: str, assets: Assets, path: str
) -> Preview | None:
    before = {page.path: page.body for page in render(library, channel, assets)}
    after = {page.path: page for page in render(changed, channel, assets)}
    changed_pages = [
        page for page in after.values() if before.get(page.path) != page.body and not page.path.startswith("_")
    ]
    if not changed_pages:
        changed_pages = [page for page in after.values() if page.path == "index"]
    selected = next((page for page in changed_pages if page.path == path), changed_pages[0])
    shell = after["_shell"].body
    return Preview(channel, selected, shell, tuple((page.path, page.title) for page in changed_pages))


def _choose_channel(library: Library, value: Any) -> str:
    """The first channel that contains the document, or a possible one if the site has none in its language."""
    channels = library.site.channels
    lang = getattr(value, "lang", library.site.lang)
    countries = getattr(value, "countries", ()) or ((value.country,) if hasattr(value, "country") else ())
    matching = [
        channel
        for channel in channels
        if channel.startswith(f"{lang}-") and (not countries or channel[-2:] in countries)
    ]
    if matching:
        return matching[0]
    country = next(
        (code for code in countries if code.isalpha() and len(code) == 2), channels[0][-2:] if channels else "ML"
    )
    return f"{lang}-{country}"


def _title(value: Any) -> str:
    from markupsafe import escape

    from sync.rendering.minify import unescape_text

    return unescape_text(escape(value.title))


__all__ = ["BODY_LIMIT", "Preview", "render_preview"]
