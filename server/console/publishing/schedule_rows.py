"""Scheduled publications as rows of the overview, each with the state that a decision about it is bound to."""

from __future__ import annotations

from typing import NamedTuple

from server.console.components.decision import PageState, make_page_state
from server.console.components.local_time import zone_words
from server.console.context import ConsoleContext
from server.publishing.publication_schedule import ScheduledPublication, publication_schedule_of
from sync.alerts.timestamps import parse_timestamp
from sync.locale import N_


class ScheduledRow(NamedTuple):
    """`moment`: the hour in the country's time zone, which `zone` names. `refusal`: "" while it waits. `seen`: a token
    of its state.
    """

    publication: ScheduledPublication
    moment: str
    zone: str
    refusal: str
    seen: str


async def scheduled_rows(context: ConsoleContext, country: str) -> list[ScheduledRow]:
    language = context.language
    rows = []
    for publication in await publication_schedule_of(context).list_all():
        instant, error = parse_timestamp(publication.at), publication.error
        rows.append(
            ScheduledRow(
                publication,
                language.local_time(instant, country),
                zone_words(language, country, instant),
                error.text(language) if error else "",
                scheduled_page_state(context, publication, country).token,
            )
        )
    return rows


def scheduled_page_state(context: ConsoleContext, publication: ScheduledPublication, country: str) -> PageState:
    """The page about one scheduled publication, its hour in the time zone of the country."""
    _ = context.language
    error = publication.error
    labelled = [
        (N_("Pourquoi publier ?"), publication.why),
        (N_("Jour et heure de la publication"), _.local_time(parse_timestamp(publication.at), country)),
        (N_("Langues et pays"), ", ".join(publication.channels)),
        (N_("Pas partie"), error.text(_) if error else "—"),
    ]
    values = [publication.id, publication.rev]
    return make_page_state(values, [(_(label), value) for label, value in labelled])
