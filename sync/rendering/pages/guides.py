"""Pages of guides: the list of all, a list for each topic, and each guide."""

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
    """All guides by topic, or only the topics if that list is too long; then the pages of each topic."""
    groups = [
        (group, [view.list_row(entry, "guides") for entry in group.primary_guides]) for group in view.topic_groups
    ]
    fits = sum(len(row.encode()) for _, rows in groups for row in rows) <= MAX_LIST_BYTES
    yield view.render_page("guides", "guides.html", view.language("Guides"), groups=groups if fits else [])
    for group in view.topic_groups:
        yield from _topic_pages(view, group)


def _topic_pages(view: ChannelView, group: TopicGroup) -> Iterator[Page]:
    pages = list(paginate(group.guides, lambda entry: len(view.list_row(entry, "topics/subject/2").encode())))
    paths = [
        f"topics/{group.slug}" if number == 1 else f"topics/{group.slug}/{number}"
        for number in range(1, len(pages) + 1)
    ]
    for path, next_page, entries in zip(paths, (*paths[1:], ""), pages, strict=True):
        rows = [view.list_row(entry, path) for entry in entries]
        title = view.topic_title(group)
        yield view.render_page(path, "topic.html", title, group=group, rows=rows, next_page=next_page)


def guide_page(view: ChannelView, entry: SelectedDocument[Guide], part: Part) -> Page:
    document = entry.document
    path = f"guides/{document.slug}"
    language = view.page_language(entry.is_fallback)
    groups = {group.slug: group for group in view.topic_groups}
    group = next(groups[slug] for slug in (*document.topics, OTHER_TOPIC) if slug in groups)
    return view.render_page(
        path,
        "guide.html",
        document.title,
        part,
        entry.is_fallback,
        f"guides/{document.slug}/{document.lang}.md",
        guide=document,
        up=(f"topics/{group.slug}", view.topic_title(group, language)),
        summary=summary_unless_repeated(document.summary, document.body),
        body=wrap_actions(view.markdown(document.body, path), language),
    )


def summary_unless_repeated(summary: str, body: str) -> str:
    """The summary, or "" if the text starts with the same words."""
    opening = " ".join(summary.split()).rstrip(" .…")
    return "" if " ".join(to_text(body).split()).startswith(opening) else summary


def wrap_actions(html: Markup, language: Language) -> Markup:
    """Wrap the section "Que faire maintenant" in an element of its own, if it is the last one."""
    heading = f"<h2>{escape(language('Que faire maintenant'))}</h2>"
    before, separator, after = str(html).rpartition(heading)
    if not separator or "<h2>" in after:
        return html
    return Markup(f"{before}<section>{heading}{after}</section>")  # noqa: S704  (cut between elements of safe HTML)
