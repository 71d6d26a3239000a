"""Guides: the list of all, a list for each subject, and each guide."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from sync.documents.markdown import to_text
from sync.documents.model import Guide
from sync.editions.page import Page, Part
from sync.locale import Language
from sync.rendering.channel_view import View
from sync.rendering.selection import Chosen
from sync.rendering.topics import LIST_LIMIT, OTHER, Shelf, pages_of


def lists(view: View) -> Iterator[Page]:
    """All guides by subject, or the subjects alone where that is too long; then each subject."""
    groups = [(shelf, [view.row(chosen, "guides") for chosen in shelf.first]) for shelf in view.shelves]
    whole = sum(len(row.encode()) for _, rows in groups for row in rows) <= LIST_LIMIT
    yield view.page("guides", "guides.html", view.language("Guides"), groups=groups if whole else [])
    for shelf in view.shelves:
        yield from _subject(view, shelf)


def _subject(view: View, shelf: Shelf) -> Iterator[Page]:
    runs = list(pages_of(shelf.guides, lambda chosen: len(view.row(chosen, "topics/subject/2").encode())))
    paths = [
        f"topics/{shelf.slug}" if number == 1 else f"topics/{shelf.slug}/{number}" for number in range(1, len(runs) + 1)
    ]
    for path, following, run in zip(paths, (*paths[1:], ""), runs, strict=True):
        rows = [view.row(chosen, path) for chosen in run]
        yield view.page(path, "topic.html", view.title(shelf), shelf=shelf, rows=rows, following=following)


def guide(view: View, chosen: Chosen[Guide], part: Part) -> Page:
    document = chosen.document
    path = f"guides/{document.slug}"
    language = view.spoken(chosen.fallback)
    shelves = {shelf.slug: shelf for shelf in view.shelves}
    shelf = next(shelves[slug] for slug in (*document.topics, OTHER) if slug in shelves)
    return view.page(
        path,
        "guide.html",
        document.title,
        part,
        chosen.fallback,
        f"guides/{document.slug}/{document.lang}.md",
        guide=document,
        up=(f"topics/{shelf.slug}", view.title(shelf, language)),
        summary=unsaid(document.summary, document.body),
        body=set_apart(view.markdown(document.body, path), language),
    )


def unsaid(summary: str, body: str) -> str:
    """The summary, unless the text opens with the same words: nothing is said twice, and nothing travels twice."""
    opening = " ".join(summary.split()).rstrip(" .…")
    return "" if " ".join(to_text(body).split()).startswith(opening) else summary


def set_apart(html: Markup, language: Language) -> Markup:
    """The text with its last part, when that is what to do now, set apart."""
    heading = f"<h2>{escape(language('Que faire maintenant'))}</h2>"
    before, found, after = str(html).rpartition(heading)
    if not found or "<h2>" in after:
        return html
    return Markup(f"{before}<section>{heading}{after}</section>")  # noqa: S704  (cut between elements of safe HTML)
