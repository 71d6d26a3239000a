"""Submissions as a reader gives them, without a store: for tests of tables, exports and totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.submissions.submission import Attachment, Submission
from sync.submissions.submission_reader import ReadSubmission

DAY = "2026-11-25"


def read_submission(
    form: Form, answers: Mapping[str, Any], number: int = 0, *, files: tuple[Attachment, ...] = (), place: str = "ML-1"
) -> ReadSubmission:
    """A submission of `DAY` that arrived on it; `number` makes its id."""
    submission = Submission(
        text="",
        id=digest(str(number)),
        site="s",
        form=form.slug,
        version=form.version,
        day=DAY,
        lang="fr",
        place=place,
        answer="",
        device="",
        files=files,
        answers=answers,
        sealed=None,
    )
    return ReadSubmission(submission, form, DAY, "", answers)
