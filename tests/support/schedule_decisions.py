"""Decisions about publications at a set hour, for the walk through the table of routes."""

from __future__ import annotations

from collections.abc import Mapping

from sync.store.contract import Collection
from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare, about_publication, approve_directly, rewrite


async def scheduled_publication(feedback: FeedbackConsole) -> DecisionCase:
    site = feedback.inbox_site.site
    site.clock.pass_time(seconds=60)
    await approve_directly(feedback, body="Un texte à publier plus tard.")
    fields = {"why": "Avant", "at": "2026-11-26T08:00"}
    assert (await feedback.coordinator.decide("/publishing/schedule", fields)).status_code == 303
    [scheduled] = [each for each in await site.services.publication_schedule.list_all() if each.why == "Avant"]
    change = lambda: rewrite(feedback, Collection.CONTENT, scheduled.id, at="2026-11-27T08:00:00Z")  # noqa: E731
    hours = ("26 novembre 2026 à 08:00", "27 novembre 2026 à 08:00")  # by the site's clocks
    return DecisionCase(feedback.coordinator, f"/publishing/cancel/{scheduled.id}", *hours, change)


SCHEDULE_CASES: Mapping[str, Prepare] = {
    "/publishing/schedule": about_publication("/publishing/schedule", at="2026-11-26T08:00"),
    "/publishing/cancel/{id}": scheduled_publication,
}
