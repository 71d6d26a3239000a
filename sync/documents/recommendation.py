"""Recommendations to people who decide: what is asked, of whom, by when, what it may cost, and what was answered.

One is proposed, then sent, then answered. An answer that nothing shows is none: readers see that none is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from sync.documents.field_types import ErrorReport
from sync.documents.model import Keywords
from sync.documents.review import Review
from sync.documents.schema_derivation import Unique
from sync.documents.sources import Source
from sync.documents.text_types import CountryCodes, Day, Label, LangCode, MarkdownText, Paragraph, Slug, Title
from sync.documents.yaml_tree import YamlNode, line_of

RecommendationState: TypeAlias = Literal["proposed", "sent", "answered"]


@dataclass(frozen=True, slots=True)
class DecisionAnswer:
    """The answer of an office. `source`: the page that shows it; `letter`: the day of its letter."""

    day: Day
    words: Paragraph
    source: Source | None = None
    letter: Day = ""

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        """Report an answer that nothing shows."""
        if not self.letter and not (self.source and self.source.has_page):
            report.add(
                line_of(node),
                "answer-unproven",
                "Rien ne montre cette réponse.",
                "Donnez la page qui la montre, ou le jour de la lettre.",
                name="source",
            )


@dataclass(frozen=True, slots=True)
class Sending:
    """The day on which a recommendation went to an office (`to`), never to a person by name."""

    to: Label
    day: Day
    answer: DecisionAnswer | None = None

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        """Report an answer from before the question."""
        if self.answer and self.answer.day < self.day:
            report.add(
                line_of(node, "answer"),
                "answer-early",
                "La réponse est d’avant l’envoi.",
                "Corrigez l’un des deux jours.",
                name="answer",
            )


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`body`: what is asked. `asked_of`: who decides. `risk`: for freedom. `proposed`: the day of the debate behind it.

    `sent`: of the original alone; its translations show the same.
    """

    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
    asked_of: Label
    risk: Paragraph
    deadline: Day = ""
    proposed: Day = ""
    sent: Annotated[tuple[Sending, ...], Unique("to")] = ()
    countries: CountryCodes = ()
    order: int = 1000
    sources: tuple[Source, ...] = ()
    updated: Day = ""
    reviewed: Review | None = None
    keywords: Keywords = ()

    @property
    def state(self) -> RecommendationState:
        """`answered` once everybody to whom it was sent has answered."""
        if not self.sent:
            return "proposed"
        return "answered" if all(sending.answer for sending in self.sent) else "sent"
