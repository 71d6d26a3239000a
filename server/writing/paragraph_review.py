"""The paragraphs of a text for its reviewer: words changed since they last read it, and the remarks on each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from server.writing.draft_records import TextVersion, WorkingDocument
from server.writing.remarks import Remark
from server.writing.text_diff import side_by_side

_BREAK = re.compile(r"\n\s*\n|\n?^---$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ReviewParagraph:
    """A paragraph of today's text. `before`: the lines as they were that lost words, `html`: those of today.

    `text` is "" for a paragraph that was removed.
    """

    text: str
    before: Markup
    html: Markup
    is_changed: bool
    remarks: tuple[Remark, ...] = ()


def split_paragraphs(text: str) -> list[str]:
    return [part.strip() for part in _BREAK.split(text) if part.strip()]


def review_paragraphs(before: str, after: str, remarks: Sequence[Remark]) -> list[ReviewParagraph]:
    """Today's paragraphs and the removed ones in order; a remark stands at its paragraph while that is there."""
    old, new = split_paragraphs(before), split_paragraphs(after)
    rows: list[ReviewParagraph] = []
    for tag, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for index in range(max(old_end - old_start, new_end - new_start)):
            left = old[old_start + index] if old_start + index < old_end else ""
            right = new[new_start + index] if new_start + index < new_end else ""
            own = tuple(remark for remark in remarks if right and remark.paragraph == right)
            before_html, html = _mark_changes(left, right)
            rows.append(ReviewParagraph(right, before_html, html, tag != "equal", own))
    return rows


def _mark_changes(left: str, right: str) -> tuple[Markup, Markup]:
    """The lines of the left side that lost words, and all lines of the right side, with words marked."""
    rows = side_by_side(left, right, whole=True) if left != right else []
    before = Markup("\n").join(row.left for row in rows if "<del>" in row.left)
    return before, Markup("\n").join(row.right for row in rows) if rows else escape(right)


def other_remarks(paragraphs: Sequence[ReviewParagraph], remarks: Sequence[Remark]) -> list[Remark]:
    """The remarks on the whole text, and on paragraphs that are no longer there."""
    shown = {remark.id for paragraph in paragraphs for remark in paragraph.remarks}
    return [remark for remark in remarks if remark.id not in shown]


def last_read_by(work: WorkingDocument, earlier: Sequence[TextVersion], reader: str) -> TextVersion | None:
    """The text with which a reviewer compares: the latest that they approved or sent back, else the approved one.

    `earlier`: replaced and returned texts. None for a text that nobody has read yet.
    """
    approved = _approved_version(work) if work.main else None
    own = [version for version in (*earlier, approved) if version and version.by == reader]
    return max(own, key=lambda version: version.when) if own else approved


def _approved_version(work: WorkingDocument) -> TextVersion:
    """The approved text; `by` and `when` are empty for one from a file."""
    approval = work.approval or {}
    by, when = str(approval.get("by", "")), str(approval.get("when", ""))
    return TextVersion(work.id, work.id, work.kind, work.approved or {}, by, when, "approved", "")
