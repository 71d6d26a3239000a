"""Scheduled publications that did not leave at their hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server.publishing.publication_schedule import ScheduledPublication, ScheduleState
from server.worklist.work_item import COORDINATORS, Urgency, WorkItem
from sync.locale import N_


def stopped_items(publications: Iterable[ScheduledPublication]) -> Iterator[WorkItem]:
    for publication in publications:
        if publication.state is ScheduleState.STOPPED:
            sentence, values = N_("Publication programmée qui n’est pas partie : {why}"), {"why": publication.why}
            yield WorkItem(
                "publication-stopped",
                Urgency.TODAY,
                sentence,
                N_("Voir pourquoi"),
                "/publishing#scheduled",
                COORDINATORS,
                publication.at,
                publication.who,
                values,
            )
