"""Names of attachments outside the store: the receipt code, the question and the kind of file tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sync.submissions.submission_reader import ReadSubmission

_SUFFIXES = {
    "image/webp": "webp",
    "image/jpeg": "jpg",
    "image/png": "png",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}


def name_attachments(entry: ReadSubmission) -> list[str]:
    """A file name for each attachment, `CODE-question-1.webp`; without a question, its place in the submission."""
    submission = entry.submission
    types = list(entry.plaintext.types) if entry.plaintext else [file.type for file in submission.files]
    questions = dict(_questions(entry.form.json["items"], entry.answers or {}, ()))
    return [
        f"{submission.code}-{questions.get(index, str(index + 1))}.{_suffix(types, index)}"
        for index in range(len(submission.files))
    ]


def _suffix(types: Sequence[str], index: int) -> str:
    media_type = types[index].partition(";")[0] if index < len(types) else ""
    return _SUFFIXES.get(media_type, "bin")


def _questions(
    items: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], numbers: tuple[int, ...]
) -> Iterator[tuple[int, str]]:
    """Attachment indexes, each with its question's name and the numbers of its repeat instances."""
    for item in items:
        if "group" in item:
            yield from _questions(item["items"], answers, numbers)
        elif "repeat" in item:
            for number, instance in enumerate(answers.get(item["repeat"]) or [], start=1):
                yield from _questions(item["items"], instance, (*numbers, number))
        elif item["type"] in ("image", "audio") and type(index := answers.get(item["q"])) is int:
            yield index, "-".join((item["q"], *map(str, numbers)))
