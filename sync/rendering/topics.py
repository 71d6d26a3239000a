"""The topics of a channel with their guides, and pagination of long lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sync.documents.model import Guide, Topic
from sync.locale import Language
from sync.rendering.document_selection import ChannelSelection, SelectedDocument

T = TypeVar("T")

OTHER_TOPIC = "sans-theme"
MAX_LIST_BYTES = 12_000  # of rows on one page: leaves space for the rest of a page of 16 kB


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A topic and its guides. `primary_guides`: those with it as first topic, so each guide is in one group's."""

    topic: Topic
    guides: tuple[SelectedDocument[Guide], ...]
    primary_guides: tuple[SelectedDocument[Guide], ...]

    @property
    def slug(self) -> str:
        return self.topic.slug

    def title(self, lang: str, fallback: str) -> str:
        titles = self.topic.titles
        return titles.get(lang) or titles.get(fallback) or self.slug.replace("-", " ")


def group_by_topic(selection: ChannelSelection, language: Language) -> tuple[TopicGroup, ...]:
    """The topics that have guides, in the site's order, then the guides without a known topic."""
    by_slug = {topic.slug: topic for topic in selection.topics}
    other = Topic(OTHER_TOPIC, "book", {language.code: language("Autres guides")})
    groups: list[TopicGroup] = []
    for topic in (*selection.topics, *(() if OTHER_TOPIC in by_slug else (other,))):
        primary_guides, guides = [], []
        for guide in selection.guides:
            topics = topics_of(guide.document, by_slug)
            if topic.slug in topics:
                guides.append(guide)
            if topic.slug == topics[0]:
                primary_guides.append(guide)
        if guides:
            groups.append(TopicGroup(topic, tuple(guides), tuple(primary_guides)))
    return tuple(groups)


def topics_of(guide: Guide, topics: Mapping[str, Topic]) -> list[str]:
    """The topics in whose lists a guide stands, its first one first.

    A guide with a topic for the site's own people stands in no other.
    """
    known = [slug for slug in guide.topics if slug in topics] or [OTHER_TOPIC]
    return [slug for slug in known if slug in topics and topics[slug].team] or known


def paginate(items: Sequence[T], size_of: Callable[[T], int], limit: int = MAX_LIST_BYTES) -> Iterator[list[T]]:
    """Split items into pages of `limit` bytes; a larger item has its own page. Without items, one empty page."""
    page: list[T] = []
    page_size = 0
    for item in items:
        size = size_of(item)
        if page and page_size + size > limit:
            yield page
            page, page_size = [], 0
        page.append(item)
        page_size += size
    yield page


def paginate_list(
    path: str, items: Sequence[T], size_of: Callable[[T], int], separator: str = "-"
) -> Iterator[tuple[str, str, list[T]]]:
    """The pages of a list: address, address of the next page or "", items. Further ones are `path`-2, `path`-3, …"""
    parts = list(paginate(items, size_of))
    paths = [path, *(f"{path}{separator}{number}" for number in range(2, len(parts) + 1))]
    return zip(paths, (*paths[1:], ""), parts, strict=True)
