"""Guides: the list of all, a list for each subject, and each guide."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sync.documents.markdown import to_text
from sync.documents.model import Guide
from sync.editions.page import Page, Part
from sync.locale import Language
from sync.rendering.channel_view import ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.topics import MAX_LIST_BYTES, OTHER_TOPIC, TopicGroup, paginate


def list_pages(view: ChannelView) -> Iterator[Page]:
    """All guides by subject, or the subjects alone where that is too long; then each subject."""
    groups = [
        (shelf, [view.list_row(chosen, "guides") for chosen in shelf.primary_guides]) for shelf in view.topic_groups
    ]
    whole = sum(len(row.encode()) for _, rows in groups for row in rows) <= MAX_LIST_BYTES
    yield view.render_page("guides", "guides.html", view.language("Guides"), groups=groups if whole else [])
    for shelf in view.topic_groups:
        yield from _topic_pages(view, shelf)


def _topic_pages(view: ChannelView, shelf: TopicGroup) -> Iterator[Page]:
    runs = list(paginate(shelf.guides, lambda chosen: len(view.list_row(chosen, "topics/subject/2").encode())))
    paths = [
        f"topics/{shelf.slug}" if number == 1 else f"topics/{shelf.slug}/{number}" for number in range(1, len(runs) + 1)
    ]
    for path, following, run in zip(paths, (*paths[1:], ""), runs, strict=True):
        rows = [view.list_row(chosen, path) for chosen in run]
        yield view.render_page(path, "topic.html", view.topic_title(shelf), shelf=shelf, rows=rows, following=following)


def guide_page(view: ChannelView, chosen: SelectedDocument[Guide], part: Part) -> Page:
    document = chosen.document
    path = f"guides/{document.slug}"
    language = view.page_language(chosen.is_fallback)
    shelves = {shelf.slug: shelf for shelf in view.topic_groups}
    shelf = next(shelves[slug] for slug in (*document.topics, OTHER_TOPIC) if slug in shelves)
    return view.render_page(
        path,
        "guide.html",
        document.title,
        part,
        chosen.is_fallback,
        f"guides/{document.slug}/{document.lang}.md",
        guide=document,
        up=(f"topics/{shelf.slug}", view.topic_title(shelf, language)),
        summary=summary_unless_repeated(document.summary, document.body),
        body=wrap_actions(view.markdown(document.body, path), language),
    )


def summary_unless_repeated(summary: str, body: str) -> str:
    """The summary, unless the text opens with the same words: nothing is said twice, and nothing travels twice."""
    opening = " ".join(summary.split()).rstrip(" .…")
    return "" if " ".join(to_text(body).split()).startswith(opening) else summary


def wrap_actions(html: Markup, language: Language) -> Markup:
    """The text with its last part, when that is what to do now, set apart."""
    heading = f"<h2>{escape(language('Que faire maintenant'))}</h2>"
    before, found, after = str(html).rpartition(heading)
    if not found or "<h2>" in after:
        return html
    return Markup(f"{before}<section>{heading}{after}</section>")  # noqa: S704  (cut between elements of safe HTML)
