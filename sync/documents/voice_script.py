"""Passages that somebody speaks one after the other to record a guide, and which of them are its numbered steps."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.documents.model import Guide
from sync.documents.translation_parts import text_parts

STEP_WORDS = (
    *("Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix", "Onze", "Douze"),
    *("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"),
)
_STEP = re.compile(rf"(?:{'|'.join(STEP_WORDS)}|[0-9]+)\. ")
_NUMBERED = re.compile(r"^[0-9]+\. ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScriptPassage:
    """Words to say in one breath of a recording. `is_step`: a numbered step of the guide begins with them."""

    text: str
    is_step: bool = False


def script_passages(guide: Guide) -> list[ScriptPassage]:
    """The paragraphs of a guide's script; without one, each step of its text, and what stands between headings."""
    if not guide.script:
        return _passages_of_text(guide)
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", guide.script)]
    return [ScriptPassage(words, bool(_STEP.match(words))) for words in paragraphs if words]


def _passages_of_text(guide: Guide) -> list[ScriptPassage]:
    passages: list[ScriptPassage] = []
    for part in text_parts({"title": f"{guide.title}.", "body": guide.body}):
        words = re.sub(r"[\[\]*]", "", part.text)
        if part.kind in ("title", "heading", "step") or not passages or passages[-1].is_step:
            passages.append(ScriptPassage(words, part.kind == "step"))
        else:
            passages[-1] = ScriptPassage(f"{passages[-1].text} {words}")
    return passages


def step_marks(guide: Guide, starts: list[int]) -> str:
    """The seconds at which the guide's steps begin, "4 9 17"; "" if its script has more or fewer than its text.

    `starts`: the second at which each passage begins.
    """
    marks = [start for start, passage in zip(starts, script_passages(guide), strict=True) if passage.is_step]
    return " ".join(map(str, marks)) if len(marks) == len(_NUMBERED.findall(guide.body)) else ""
