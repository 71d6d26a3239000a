"""Decisions at the desk of a language, for the walk through the table of routes."""

from __future__ import annotations

from collections.abc import Mapping

from server.writing.languages import add_term, list_terms, open_language
from server.writing.recordings import WaitingRecording, save_recording
from sync.store.contract import Collection
from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare, rewrite


async def glossary_word(feedback: FeedbackConsole) -> DecisionCase:
    store = feedback.inbox_site.site.services.store
    await open_language(store, "snk", "awa", "2026-12-01")
    await add_term(store, "snk", "code", "vu", "", "awa")
    [term] = await list_terms(store, "snk")
    change = lambda: rewrite(feedback, Collection.CONTENT, term.id, translation="neuf")  # noqa: E731
    return DecisionCase(
        feedback.coordinator, "/translations/snk/glossary/remove", "vu", "neuf", change, {"id": term.id}
    )


async def waiting_voice(feedback: FeedbackConsole) -> DecisionCase:
    store = feedback.inbox_site.site.services.store
    await open_language(store, "snk", "awa", "2026-12-01")
    media = f"{'a' * 43}.opus"
    recording = WaitingRecording("snk", "compte", media, 9, "", "fanta", "Voix vue", "2026-12-01T00:00:00", "x")
    await save_recording(store, recording)
    change = lambda: rewrite(feedback, Collection.CONTENT, recording.id, voice="Voix neuve")  # noqa: E731
    fields = {"slug": "compte", "speaks": "compte"}
    return DecisionCase(
        feedback.coordinator, "/translations/snk/listening/decide", "Voix vue", "Voix neuve", change, fields
    )


SPEAKER_CASES: Mapping[str, Prepare] = {
    "/translations/{lang}/glossary/remove": glossary_word,
    "/translations/{lang}/listening/decide": waiting_voice,
}
