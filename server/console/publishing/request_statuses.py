"""Requests to publish, which wait in the store for the machine that has the key, and their outcomes as text."""

from __future__ import annotations

from dataclasses import dataclass

from server.console.context import ConsoleContext
from server.console.publishing.edition_dates import format_edition_date
from server.publishing.remote_publish_requests import PublishRequest, PublishRequestState, publish_requests_of
from server.web.app_state import archive_of

RECENT_COUNT = 5


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """A request with its outcome. `editions`: channel and date of each published one. `refusal`: the error's text."""

    request: PublishRequest
    editions: tuple[tuple[str, str], ...]
    refusal: str

    @property
    def is_waiting(self) -> bool:
        return self.request.state is PublishRequestState.WAITING


async def list_request_statuses(context: ConsoleContext) -> list[RequestStatus]:
    """The latest RECENT_COUNT requests, the newest first."""
    statuses: list[RequestStatus] = []
    for request in await publish_requests_of(context).list_recent(RECENT_COUNT):
        editions = [
            (channel, await archive_of(context).edition(id)) for channel, id in sorted(request.editions.items())
        ]
        dates = tuple(
            (channel, format_edition_date(edition.statement.number)) for channel, edition in editions if edition
        )
        refusal = request.error
        statuses.append(RequestStatus(request, dates, refusal.text(context.language) if refusal else ""))
    return statuses
