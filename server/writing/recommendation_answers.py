"""Recommendations after the offices to which they were sent, and after what these answered."""

from __future__ import annotations

from dataclasses import replace

from sync.documents.recommendation import DecisionAnswer, Recommendation, Sending
from sync.errors import Refused


def with_sending(recommendation: Recommendation, to: str, day: str) -> Recommendation:
    """The recommendation after it was sent to an office. Raises Refused if that office has it already."""
    if any(each.to.casefold() == to.casefold() for each in recommendation.sent):
        raise Refused("sent-before", "Ce service l’a déjà reçue.", "Notez plutôt sa réponse.")
    return replace(recommendation, sent=(*recommendation.sent, Sending(to, day)))


def with_answer(recommendation: Recommendation, to: str, answer: DecisionAnswer) -> Recommendation:
    """The recommendation after an office answered. Raises Refused for an office that was not asked, or has answered."""
    if not any(each.to == to and each.answer is None for each in recommendation.sent):
        raise Refused("answer-unasked", "Ce service n’attend pas de réponse.", "Choisissez-en un dans la liste.")
    sent = tuple(replace(each, answer=answer) if each.to == to else each for each in recommendation.sent)
    return replace(recommendation, sent=sent)
