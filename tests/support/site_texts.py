"""The content folder as the tests of its words see it: every guide and notice with its path, its parts and what is read
aloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from sync.alerts.library_with_alerts import Library
from sync.content.folder import read_folder
from sync.documents.markdown import to_text
from sync.documents.model import Guide, Notice
from tests.support.repository import ROOT

CONTENT = ROOT / "content"
SCRIPTS = "*/*.audio.md"
T_co = TypeVar("T_co", Guide, Notice, covariant=True)
_BLOCK_MARK = re.compile(r"^:::.*$\n?", re.MULTILINE)  # of a country block
_STEP = re.compile(r"^\d+\. ", re.MULTILINE)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Writing(Generic[T_co]):
    """A guide or notice and the path an author knows it by."""

    path: str
    document: T_co

    @property
    def body(self) -> str:
        return self.document.body

    @property
    def text(self) -> str:
        """Everything a reader reads, a line for each paragraph, heading or item."""
        parts = (
            self.document.title,
            self.document.summary,
            str(getattr(self.document, "claim", "")),
            to_text(_BLOCK_MARK.sub("", self.body)),
        )
        return "\n".join(filter(None, parts))

    @property
    def headings(self) -> list[str]:
        return _HEADING.findall(self.body)

    @property
    def steps(self) -> int:
        """The numbered steps of the longest list."""
        return max((len(_STEP.findall(section)) for section in self.body.split("\n\n")), default=0)

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.body)

    @property
    def last_section(self) -> str:
        return self.body.rpartition("\n## ")[2]


Text: TypeAlias = Writing[Guide] | Writing[Notice]


@cache
def library() -> Library:
    """The whole folder; a folder that the importer refuses fails here, with every error in it."""
    return read_folder(CONTENT).library


@cache
def guides(lang: str = "fr") -> tuple[Writing[Guide], ...]:
    return _written("guides", tuple(library().guides.values()), lang)


@cache
def notices(lang: str = "fr") -> tuple[Writing[Notice], ...]:
    return _written("notices", tuple(library().notices.values()), lang)


def written(lang: str = "fr") -> tuple[Text, ...]:
    return (*guides(lang), *notices(lang))


def translations() -> list[tuple[Text, Text]]:
    """Every translated guide and notice beside its original."""
    langs = {lang for _, lang in (*library().guides, *library().notices)} - {library().site.lang}
    return [
        (original, translation)
        for lang in sorted(langs)
        for translation in written(lang)
        for original in written(library().site.lang)
        if (type(original.document), original.document.slug) == (type(translation.document), translation.document.slug)
    ]


def scripts() -> list[Path]:
    return sorted((CONTENT / "guides").glob(SCRIPTS))


def _written(folder: str, documents: tuple[T_co, ...], lang: str) -> tuple[Writing[T_co], ...]:
    return tuple(
        Writing(f"content/{folder}/{document.slug}/{lang}.md", document)
        for document in sorted(documents, key=lambda document: document.slug)
        if document.lang == lang
    )
