"""Pages of guides: the list of all, a list for each topic, and each guide."""

from __future__ import annotations

from collections.abc import Iterator

from sync.documents.model import Guide
from sync.editions.page import KeptPage, Page, Part
from sync.rendering.channel_view import ChannelView
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.topics import MAX_LIST_BYTES, TopicGroup, paginate_list, topics_of


def list_pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    """All guides by topic, or only the topics if that list is too long; then the pages of each topic."""
    tiles = view.topic_tiles()
    groups = [
        (group.topic.pictogram, view.topic_title(group), [view.list_row(entry, "guides") for entry in entries])
        for group in view.topic_groups
        if (entries := group.primary_guides) and not group.topic.team
    ]
    fits = sum(len(row.encode()) for _, _, rows in groups for row in rows) <= MAX_LIST_BYTES
    yield view.render_page(
        "guides",
        "guides.html",
        view.language("Guides"),
        groups=groups if fits else [],
        tiles=tiles,
        team=view.topic_tiles(is_team=True),
    )
    for group in view.topic_groups:
        yield from _topic_pages(view, group)


def _topic_pages(view: ChannelView, group: TopicGroup) -> Iterator[Page | KeptPage]:
    def size_of(entry: SelectedDocument[Guide]) -> int:
        return len(view.list_row(entry, "topics/subject/2").encode())

    for path, next_page, entries in paginate_list(f"topics/{group.slug}", group.guides, size_of, "/"):
        rows = [view.list_row(entry, path) for entry in entries]
        title = view.topic_title(group)
        pictogram = group.topic.pictogram
        yield view.render_page(
            path, "topic.html", title, heading=title, pictogram=pictogram, rows=rows, next_page=next_page
        )


def guide_page(view: ChannelView, entry: SelectedDocument[Guide], part: Part) -> Page | KeptPage:
    document = entry.document
    path = f"guides/{document.slug}"
    language = view.page_language(entry.is_fallback)
    groups = {group.slug: group for group in view.topic_groups}
    own = [groups[slug] for slug in topics_of(document, {topic.slug: topic for topic in view.selection.topics})]
    return view.render_page(
        path,
        "guide.html",
        document.title,
        part,
        entry.is_fallback,
        f"guides/{document.slug}/{document.lang}.md",
        guide=document,
        is_private=any(each.topic.private for each in own),
        up=(f"topics/{own[0].slug}", view.topic_title(own[0], language)),
        sounds=view.sounds(document),
        text=view.article(document.body, path),
        is_alone=view.site.one_person,
    )
