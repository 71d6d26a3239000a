"""The rumour bulletin for radio: for each notice of some days what is true, the rumour, and what to do.

The truth comes first and the rumour is told once, as the guide for coordinators asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sync.documents.code_labels import VERDICTS
from sync.documents.model import Notice
from sync.locale import N_, Language
from sync.notices.claim_review import ReviewedNotice

TO_DO = N_("Que faire maintenant")  # the heading of the section whose list is read
MAX_STEPS = 3  # of a notice: more is not kept in mind by who only hears it
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_LIST_ITEM = re.compile(r"\s*(?:[-*]|[0-9]+\.)\s+(.*)")


@dataclass(frozen=True, slots=True)
class BulletinItem:
    """`verdict`: a code of VERDICTS. `corrections`: sentences of what was wrong before."""

    title: str
    rumour: str
    verdict: str
    truth: str
    steps: tuple[str, ...]
    is_general: bool = False
    corrections: tuple[str, ...] = ()


def bulletin_items(reviewed_notices: Iterable[ReviewedNotice], first: str, last: str, lang: str) -> list[BulletinItem]:
    """The notices in a language that were changed from the day `first` to the day `last`, the last changed first."""
    changed = [
        reviewed
        for reviewed in reviewed_notices
        if reviewed.notice.lang == lang and first <= reviewed.changed[:10] <= last
    ]
    changed.sort(key=lambda reviewed: (reviewed.changed, reviewed.notice.slug), reverse=True)
    return [bulletin_item(reviewed.notice) for reviewed in changed]


def bulletin_text(items: Iterable[BulletinItem], title: str, language: Language) -> str:
    """The bulletin as plain text."""
    parts = [title]
    for number, item in enumerate(items, start=1):
        lines = [
            f"{number}. {item.title}",
            f"{language('Ce qui est vrai :')} {language(VERDICTS[item.verdict])}. {item.truth}",
            f"{language('La rumeur :')} {item.rumour}",
            *(f"{language('Correction :')} {correction}" for correction in item.corrections),
            *([f"{language(TO_DO)} :", *(f"- {step}" for step in item.steps)] if item.steps else []),
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def bulletin_item(notice: Notice) -> BulletinItem:
    return BulletinItem(
        notice.title,
        notice.claim,
        notice.verdict,
        notice.summary or _plain(notice.body.strip().partition("\n\n")[0]),
        tuple(_steps(notice.body)),
        notice.generic,
        tuple(correction.text for correction in notice.corrections),
    )


def _steps(body: str) -> list[str]:
    """The first items of the last section's list: what to do stands at the end of every notice."""
    section = body.rpartition("\n## ")[2]
    items = [match[1] for line in section.splitlines() if (match := _LIST_ITEM.fullmatch(line))]
    return [_plain(item) for item in items[:MAX_STEPS]]


def _plain(text: str) -> str:
    return " ".join(_LINK.sub(r"\1", text).replace("**", "").replace("__", "").split())
