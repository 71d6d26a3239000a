"""Publishing from a machine without the key: the wish is left in the store, the machine that has the key fulfils it, this screen tells."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.console.publishing.edition_dates import format_edition_date
from server.publishing.publish_requests import PublishRequest, PublishRequestState, publish_requests_of
from server.web.app_state import archive_of
from sync.errors import Refused

RECENT_COUNT = 5
MAX_REASON_LENGTH = 300  # characters
REFRESH_SECONDS = "10"  # seconds until a page with something that waits is read again, by browsers without script too


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """`editions`: channel and moment of what readers got by it. `refusal`: why nothing came of it, in words."""

    request: PublishRequest
    editions: tuple[tuple[str, str], ...]
    refusal: str

    @property
    def is_waiting(self) -> bool:
        return self.request.state is PublishRequestState.WAITING


async def list_request_statuses(context: ConsoleContext) -> list[RequestStatus]:
    """The latest wishes, the newest first."""
    found: list[RequestStatus] = []
    for request in await publish_requests_of(context).list_recent(RECENT_COUNT):
        editions = [
            (channel, await archive_of(context).edition(id)) for channel, id in sorted(request.editions.items())
        ]
        moments = tuple(
            (channel, format_edition_date(edition.statement.number)) for channel, edition in editions if edition
        )
        refusal = request.to_error()
        found.append(RequestStatus(request, moments, refusal.text(context.language) if refusal else ""))
    return found


async def request_publication(context: ConsoleContext) -> Response:
    why = " ".join(context.text("why").split())[:MAX_REASON_LENGTH]
    if not why:
        return await _render_form(context, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    await publish_requests_of(context).create_request(context.user.name, reason=why)
    await context.record_action("publication-asked", why=why)
    return context.redirect("/publishing", "C’est demandé à la machine qui a la clé.")


async def request_form(context: ConsoleContext) -> Response:
    return await _render_form(context)


async def _render_form(context: ConsoleContext, error: Refused | None = None) -> Response:
    wrong = {"why": error.text(context.language)} if error else {}
    return page.render(
        context,
        "publishing/ask.html",
        context.language("Demander la publication"),
        status=422 if error else 200,
        wrong=wrong,
    )
