"""The subjects of a channel with their guides, and long lists cut into pages that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sync.documents.model import Guide, Topic
from sync.locale import Language
from sync.rendering.document_selection import ChannelSelection, SelectedDocument

T = TypeVar("T")

OTHER_TOPIC = "sans-theme"
MAX_LIST_BYTES = 12_000  # bytes of rows on one page: leaves room for the rest of a page of 16 kB


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A subject and its guides. `first`: those whose first subject it is, so that a whole list names each guide once."""

    slug: str
    pictogram: str
    titles: dict[str, str]
    guides: tuple[SelectedDocument[Guide], ...]
    primary_guides: tuple[SelectedDocument[Guide], ...]

    def title(self, lang: str, fallback: str) -> str:
        return self.titles.get(lang) or self.titles.get(fallback) or self.slug.replace("-", " ")


def group_by_topic(choice: ChannelSelection, language: Language) -> tuple[TopicGroup, ...]:
    """Every subject that has a guide, in the site's order; last, the guides without a known subject."""
    known = {topic.slug for topic in choice.topics}
    other = Topic(OTHER_TOPIC, "book", {language.code: language("Autres guides")})
    found: list[TopicGroup] = []
    for topic in (*choice.topics, *(() if OTHER_TOPIC in known else (other,))):
        first, every = [], []
        for chosen in choice.guides:
            topics = [slug for slug in chosen.document.topics if slug in known] or [OTHER_TOPIC]
            if topic.slug in topics:
                every.append(chosen)
            if topic.slug == topics[0]:
                first.append(chosen)
        if every:
            found.append(TopicGroup(topic.slug, topic.pictogram, topic.titles, tuple(every), tuple(first)))
    return tuple(found)


def paginate(items: Sequence[T], size_of: Callable[[T], int], limit: int = MAX_LIST_BYTES) -> Iterator[list[T]]:
    """The items in runs that weigh at most `limit` bytes each; one run at least, of one item at least where there are any."""
    run: list[T] = []
    size = 0
    for item in items:
        heavy = size_of(item)
        if run and size + heavy > limit:
            yield run
            run, size = [], 0
        run.append(item)
        size += heavy
    yield run
