"""How far each language is: for every document its translation's state, and what an original has that nobody recorded or followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.writing.checks import TEXTS
from server.writing.records import Work
from server.writing.workspace import Snapshot

FOLLOWED = ("title", "summary", "claim", "body")  # the fields of an original that a translation says anew
MISSING, UNREVIEWED, BEHIND, DONE = "missing", "unreviewed", "behind", "done"
SOUNDING = ("guide",)  # kinds that should be heard


@dataclass(frozen=True, slots=True)
class Cell:
    """`by`: who reviewed it. `silent`: it has no recording, and should."""

    lang: str
    id: str
    state: str
    by: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    original: Work
    silent: bool
    cells: tuple[Cell, ...]


def coverage(snapshot: Snapshot) -> tuple[list[str], list[Line]]:
    """The languages beside the site's own, and a line for each of its documents."""
    ours = snapshot.library.site.lang
    channels = (channel.partition("-")[0] for channel in snapshot.library.site.channels)
    here = sorted({work.lang for work in snapshot.works.values() if work.lang and work.kind in TEXTS})
    langs = [lang for lang in dict.fromkeys((*channels, *here)) if lang != ours]
    originals = (
        work for work in snapshot.works.values() if work.kind in TEXTS and work.lang == ours and not work.withdrawn
    )
    return langs, [_line(snapshot, original, langs) for original in originals]


def behind(work: Work, original: Work) -> bool:
    """Whether the original says something else than when this translation was made."""
    if work.source is not None:
        return dict(work.source) != followed(original.approved or {})
    return str((original.approved or {}).get("updated", "")) > str(work.fields.get("updated", "")) != ""


def followed(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in FOLLOWED if name in fields}


def begun_from(original: Work | None) -> dict[str, Any]:
    """What a new translation takes over as it is: everything but the words to translate, and what belongs to one language."""
    fields = (original.approved or {}) if original else {}
    return {
        name: value for name, value in fields.items() if name not in ("body", "summary", "reviewed", "audio", "updated")
    }


def _line(snapshot: Snapshot, original: Work, langs: Iterable[str]) -> Line:
    cells = tuple(
        _cell(snapshot.works.get(f"{original.kind}:{original.slug}:{lang}"), original, lang) for lang in langs
    )
    return Line(original, _silent(original), cells)


def _cell(work: Work | None, original: Work, lang: str) -> Cell:
    id = f"{original.kind}:{original.slug}:{lang}"
    if work is None:
        return Cell(lang, id, MISSING)
    review = (work.approved or {}).get("reviewed") or {}
    by = str(review.get("by", ""))
    if work.draft:
        return Cell(lang, id, work.draft.state, by, _silent(work))
    if not by:
        return Cell(lang, id, UNREVIEWED, silent=_silent(work))
    return Cell(lang, id, BEHIND if behind(work, original) else DONE, by, _silent(work))


def _silent(work: Work) -> bool:
    return work.kind in SOUNDING and not work.fields.get("audio")
