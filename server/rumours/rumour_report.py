"""One reported rumour: the words, the place, and what the person says of its danger and its spread.

Read from submissions of forms that ask for it by the names of content/forms/rumeur.md. Nothing in it names a phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sync.forms.compiled_form import Form
from sync.submissions.submission_reader import ReadSubmission

MESSAGE_QUESTION = "message"
RISK_QUESTION = "risque"
SPREAD_QUESTION = "portee"
CHANNEL_QUESTION = "ou"
GRAVE_RISKS = frozenset({"violence", "depart"})  # violence, people who flee or hide: the answers of RISK_QUESTION


@dataclass(frozen=True, slots=True)
class RumourReport:
    """`day`: on which it was filled in; `arrived`: headquarters' day, "" if unknown.

    `risks`, `spread`, `channel`: names of choices. `labels`: their words in the form's language, by name.
    """

    id: str
    words: str
    place: str
    day: str
    arrived: str = ""
    risks: tuple[str, ...] = ()
    spread: str = ""
    channel: str = ""
    lang: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def is_grave(self) -> bool:
        return bool(GRAVE_RISKS & set(self.risks))

    @property
    def since(self) -> str:
        """The day of arrival: the sender's own day may be any."""
        return self.arrived or self.day


def asks_about_rumours(form: Form) -> bool:
    """True for a form that asks what is said, and is not sealed."""
    return MESSAGE_QUESTION in form.items and not form.is_sealed


def read_report(entry: ReadSubmission) -> RumourReport | None:
    """The report in a submission; None if it is of another form, sealed, or says nothing."""
    answers = entry.answers
    if answers is None or not asks_about_rumours(entry.form):
        return None
    words = str(answers.get(MESSAGE_QUESTION) or "").strip()
    if not words:
        return None
    risks = tuple(chosen_names(answers.get(RISK_QUESTION)))
    spread, channel = (next(iter(chosen_names(answers.get(name))), "") for name in (SPREAD_QUESTION, CHANNEL_QUESTION))
    submission = entry.submission
    return RumourReport(
        submission.id,
        words,
        submission.place,
        submission.day,
        entry.arrived_on,
        risks,
        spread,
        channel,
        submission.lang,
        tuple(_labels(entry.form, {RISK_QUESTION: risks, SPREAD_QUESTION: (spread,), CHANNEL_QUESTION: (channel,)})),
    )


def _labels(form: Form, chosen: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [
        (name, form.choice_label(str(form.items[question].json.get("list", "")), name) or name)
        for question, names in chosen.items()
        if question in form.items
        for name in names
        if name
    ]


def chosen_names(answer: Any) -> list[str]:
    """The names of the choices that an answer holds: of one or of several, whatever version of the form asked."""
    return answer.split() if isinstance(answer, str) else [each for each in answer or () if isinstance(each, str)]
