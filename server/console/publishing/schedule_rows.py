"""Scheduled publications as rows of the overview, each with the state that a decision about it is bound to."""

from __future__ import annotations

from typing import NamedTuple

from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.publishing.publication_schedule import ScheduledPublication, publication_schedule_of
from sync.alerts.timestamps import parse_timestamp
from sync.locale import N_


class ScheduledRow(NamedTuple):
    """`moment`: the hour in the country's time zone. `refusal`: "" while it waits. `seen`: a token of its state."""

    publication: ScheduledPublication
    moment: str
    refusal: str
    seen: str


async def scheduled_rows(context: ConsoleContext, country: str) -> list[ScheduledRow]:
    language = context.language
    rows = []
    for publication in await publication_schedule_of(context).list_all():
        moment = language.local_time(parse_timestamp(publication.at), country)
        error = publication.error
        refusal = error.text(language) if error else ""
        rows.append(ScheduledRow(publication, moment, refusal, scheduled_page_state(context, publication).token))
    return rows


def scheduled_page_state(context: ConsoleContext, publication: ScheduledPublication) -> PageState:
    """The page about one scheduled publication."""
    _ = context.language
    error = publication.error
    labelled = [
        (N_("Pourquoi publier ?"), publication.why),
        (N_("Jour et heure de la publication"), publication.at),
        (N_("Chaînes"), ", ".join(publication.channels)),
        (N_("Pas partie"), error.text(_) if error else "—"),
    ]
    values = [publication.id, publication.rev]
    return make_page_state(values, [(_(label), value) for label, value in labelled])
