"""The review of a text: who read it, and on which day. Translations and recordings reach readers with one only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sync.documents.field_types import Text
from sync.documents.text_types import Day


@dataclass(frozen=True, slots=True)
class Review:
    by: Annotated[str, Text(200)]
    date: Day
