"""Sources: the page on which a fact was read, by whom it was published, when and how it was read.

A source without a page of its own is kept, and shown as unchecked. Used by documents, rendering and commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from sync.documents.field_types import OneOf, Text
from sync.documents.text_types import Day, PageAddress, Paragraph, PartialDay, WebAddress

# A stored copy of the page; the page itself; a search that found no page, as the fact says.
READINGS = ("copy", "live", "search")
_FRONT_PAGES = re.compile(r"/?(?:[a-z]{2}(?:[-_][A-Za-z]{2})?/?)?(?:index\.\w+)?")  # "", "/", "/fr/", "/index.html"


@dataclass(frozen=True, slots=True)
class Reading:
    """The way and the day in which a page was read, before the fact was written."""

    how: Annotated[str, OneOf(READINGS)]
    day: Day


@dataclass(frozen=True, slots=True)
class Source:
    """The page of a fact.

    `published`: the page's own day, month or year. `archive`: a lasting copy. `checked`: the day on which the address
    was last asked for and answered; only `kunnafoni sources --check` and coordinators set it. `review_by`: the day
    after which the fact must be checked again.
    """

    title: Annotated[str, Text(250)]
    publisher: Annotated[str, Text(120)] = ""
    published: PartialDay = ""
    seen: Reading | None = None
    url: PageAddress = ""
    archive: WebAddress = ""
    checked: Day = ""
    review_by: Day = ""

    @property
    def has_page(self) -> bool:
        """True if the address leads to a page: a home page shows that somebody exists, and proves no fact."""
        try:
            parts = urlsplit(self.url)
        except ValueError:  # no browser opens it
            return False
        return bool(self.url) and not (_FRONT_PAGES.fullmatch(parts.path) and not parts.query and not parts.fragment)

    @property
    def is_search(self) -> bool:
        """True if the fact is that nothing was found."""
        return self.seen is not None and self.seen.how == "search"

    @staticmethod
    def upgrade_fields(former: Mapping[str, str]) -> Mapping[str, str]:
        """The fields of a source as release 0.1.0 wrote it (`name`, `date`, `url`, `checked` true or false).

        Its date may be the page's or the reader's, so it stays beside the title and makes no claim.
        """
        if "name" not in former or "title" in former or not set(former) <= {"name", "date", "url", "checked"}:
            return former
        date = former.get("date", "")
        title = f"{former['name']} ({date})" if date else former["name"]
        return {"title": title, **({"url": former["url"]} if former.get("url") else {})}


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement with its source, e.g. an address, a law, or the complaints that an office accepts."""

    text: Paragraph
    source: Source


def sources_in(value: Any) -> Iterator[Source]:
    """Every source within a document, in its order."""
    if isinstance(value, Source):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from sources_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from sources_in(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from sources_in(getattr(value, each.name))


def facts_in(value: Any) -> Iterator[Fact]:
    """Every fact with its own source within a document, in its order."""
    if isinstance(value, Fact):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from facts_in(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from facts_in(getattr(value, each.name))
