"""Translations of country files (paths, offices): each sentence of a file beside its words in another language.

A sentence that changes in its file has no translation any more, so nobody reads an old one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sync.documents.field_types import Text
from sync.documents.review import Review
from sync.documents.schema_derivation import Keys, Unique
from sync.documents.text_types import LANG, Paragraph


@dataclass(frozen=True, slots=True)
class TextPair:
    """A text of the file, as it stands there, and its translation."""

    original: Paragraph
    translation: Paragraph


@dataclass(frozen=True, slots=True)
class DataTranslation:
    """The texts of a file in one language. `reviewed`: who read them against the originals; without it, a draft."""

    texts: Annotated[tuple[TextPair, ...], Unique("original")]
    reviewed: Review | None = None


DataTranslations = Annotated[dict[str, DataTranslation], Keys(LANG, "Un code de langue et ses phrases.")]
LocalNames = Annotated[dict[str, Annotated[str, Text(100)]], Keys(LANG, "Un code de langue et un nom.")]
