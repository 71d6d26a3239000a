"""Every way to answer the questions of a complaint path, to its end."""

from __future__ import annotations

from collections.abc import Iterator

from sync.complaints import next_question
from sync.complaints.path_questions import Answer, Routes


def all_walks(routes: Routes, harm: str) -> Iterator[dict[str, Answer]]:
    """The answers of each walk that begins at a harm."""
    pending: list[dict[str, Answer]] = [{}]
    while pending:
        answers = pending.pop()
        question = next_question(routes, harm, answers)
        if question is None:
            yield answers
        else:
            pending += [{**answers, question: "yes"}, {**answers, question: "no"}]
