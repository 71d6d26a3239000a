"""Questions at the end of a guide, with pictures to choose from: a reader sees alone whether the advice was understood.

The page holds every reply, so nothing is sent and nothing is counted. Used by the model and the rendering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from sync.documents.field_types import ErrorReport
from sync.documents.schema_derivation import Unique
from sync.documents.text_types import Label, Slug, Summary
from sync.documents.yaml_tree import YamlNode, line_of

MOST_QUESTIONS = 3  # of a guide
FEWEST_ANSWERS, MOST_ANSWERS = 2, 3  # of a question


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """An answer to choose, with its pictogram. `reply`: what is said to whoever chooses it; `right`: the advice."""

    pictogram: Slug
    text: Label
    reply: Summary
    right: bool = False


@dataclass(frozen=True, slots=True)
class ComprehensionQuestion:
    """A situation and its answers, of which one is right."""

    ask: Summary
    answers: Annotated[tuple[PictureAnswer, ...], Unique("text")]

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        """Report too many or too few answers, and none or several that are right."""
        if not FEWEST_ANSWERS <= len(self.answers) <= MOST_ANSWERS:
            report.add(
                line_of(node, "answers"),
                "answers-count",
                "Cette question a {count} réponses : il en faut {least} ou {most}.",
                "Une seule est juste.",
                count=len(self.answers),
                least=FEWEST_ANSWERS,
                most=MOST_ANSWERS,
            )
        if sum(answer.right for answer in self.answers) != 1:
            report.add(
                line_of(node, "answers"),
                "answers-right",
                "Une question a une seule réponse juste.",
                "Écrivez « right: true » à la bonne réponse, et à elle seule.",
            )


Questions = Annotated[tuple[ComprehensionQuestion, ...], Unique("ask")]


def check_questions(
    questions: tuple[ComprehensionQuestion, ...], essential: bool, line: int, report: ErrorReport
) -> None:
    """Report questions of a guide that is not essential, or more than fit its page."""
    if questions and not essential:
        report.add(
            line,
            "questions-elsewhere",
            "Seul un guide essentiel a des questions.",
            "Enlevez « questions », ou écrivez « essential: true ».",
        )
    if len(questions) > MOST_QUESTIONS:
        report.add(
            line,
            "questions-count",
            "Ce guide a {count} questions : {most} au plus.",
            "Gardez celles qui évitent le plus de mal.",
            count=len(questions),
            most=MOST_QUESTIONS,
        )


def pictograms_of(questions: tuple[ComprehensionQuestion, ...]) -> list[tuple[int, int, str]]:
    """(question, answer, name) of every picture."""
    return [
        (number, index, answer.pictogram)
        for number, question in enumerate(questions)
        for index, answer in enumerate(question.answers)
    ]
