"""Coverage of translations: state of every document in every language, missing recordings. Used by the console."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.writing.checks import TEXT_KINDS
from server.writing.draft_records import WorkingDocument
from server.writing.workspace import Snapshot

# Fields that a new translation does not get from its original.
NOT_COPIED = ("body", "summary", "reviewed", "audio", "spoken", "questions", "script", "updated", "sent")
TRANSLATED_FIELDS = (
    "title",
    "summary",
    "claim",
    "asked_of",
    "risk",
    "body",
)  # fields of an original that are translated
MISSING, UNREVIEWED, BEHIND, DONE = "missing", "unreviewed", "behind", "done"
KINDS_WITH_SOUND = ("guide",)  # kinds that should have a recording


@dataclass(frozen=True, slots=True)
class TranslationCell:
    """A document in one language. `by`: its reviewer. `is_silent`: it should have a recording but has none."""

    lang: str
    id: str
    state: str
    by: str = ""
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class TranslationLine:
    original: WorkingDocument
    is_silent: bool
    cells: tuple[TranslationCell, ...]


def compute_coverage(snapshot: Snapshot) -> tuple[list[str], list[TranslationLine]]:
    """The languages besides the site's own, and a line for each original."""
    site_lang = snapshot.library.site.lang
    channels = (channel.partition("-")[0] for channel in snapshot.library.site.channels)
    used = sorted({work.lang for work in snapshot.works.values() if work.lang and work.kind in TEXT_KINDS})
    langs = [lang for lang in dict.fromkeys((*channels, *used)) if lang != site_lang]
    originals = (
        work
        for work in snapshot.works.values()
        if work.kind in TEXT_KINDS and work.lang == site_lang and not work.is_withdrawn
    )
    return langs, [_make_line(snapshot, original, langs) for original in originals]


def is_behind(work: WorkingDocument, original: WorkingDocument) -> bool:
    """True if the original changed after this translation was made, or has another verdict or more corrections."""
    approved = original.approved or {}
    if approved.get("verdict") != work.fields.get("verdict"):
        return True
    if len(approved.get("corrections", ())) > len(work.fields.get("corrections", ())):
        return True
    if work.source is not None:
        return dict(work.source) != source_fields(approved)
    return str(approved.get("updated", "")) > str(work.fields.get("updated", "")) != ""


def shown_translations(original: WorkingDocument, snapshot: Snapshot) -> list[WorkingDocument]:
    """The translations of an original that readers see."""
    if original.kind not in TEXT_KINDS or original.lang != snapshot.library.site.lang:
        return []
    return [
        work
        for work in snapshot.works.values()
        if work.kind == original.kind
        and work.slug == original.slug
        and work.id != original.id
        and not work.is_withdrawn
        and (work.approved or {}).get("reviewed")
    ]


def source_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in TRANSLATED_FIELDS if name in fields}


def initial_fields(original: WorkingDocument | None) -> dict[str, Any]:
    """Fields that a new translation copies: all but the text to translate and fields that depend on the language."""
    fields = (original.approved or {}) if original else {}
    return {name: value for name, value in fields.items() if name not in NOT_COPIED}


def _make_line(snapshot: Snapshot, original: WorkingDocument, langs: Iterable[str]) -> TranslationLine:
    cells = tuple(compute_cell(snapshot, original, lang) for lang in langs)
    return TranslationLine(original, _is_silent(original), cells)


def compute_cell(snapshot: Snapshot, original: WorkingDocument, lang: str) -> TranslationCell:
    """The state of one original in one language."""
    return _make_cell(snapshot.works.get(f"{original.kind}:{original.slug}:{lang}"), original, lang)


def _make_cell(work: WorkingDocument | None, original: WorkingDocument, lang: str) -> TranslationCell:
    id = f"{original.kind}:{original.slug}:{lang}"
    if work is None:
        return TranslationCell(lang, id, MISSING)
    review = (work.approved or {}).get("reviewed") or {}
    by = str(review.get("by", ""))
    if work.draft:
        return TranslationCell(lang, id, work.draft.state, by, _is_silent(work))
    if not by:
        return TranslationCell(lang, id, UNREVIEWED, is_silent=_is_silent(work))
    return TranslationCell(lang, id, BEHIND if is_behind(work, original) else DONE, by, _is_silent(work))


def _is_silent(work: WorkingDocument) -> bool:
    return work.kind in KINDS_WITH_SOUND and not work.fields.get("audio")
