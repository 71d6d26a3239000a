"""Publishing from a machine without the key: the wish is left in the store, the machine that has the key fulfils it, this screen tells."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.console.publishing.edition_dates import moment_of
from server.publishing.publish_requests import PublishRequest, PublishRequestState, publish_requests_of
from server.web.state import archive_of
from sync.errors import Refused

SHOWN = 5
REASON = 300  # characters
LOOK_AGAIN = "10"  # seconds until a page with something that waits is read again, by browsers without script too


@dataclass(frozen=True, slots=True)
class Asked:
    """`editions`: channel and moment of what readers got by it. `refusal`: why nothing came of it, in words."""

    request: PublishRequest
    editions: tuple[tuple[str, str], ...]
    refusal: str

    @property
    def waits(self) -> bool:
        return self.request.state is PublishRequestState.WAITING


async def asked(visit: Visit) -> list[Asked]:
    """The latest wishes, the newest first."""
    found: list[Asked] = []
    for request in await publish_requests_of(visit).list_recent(SHOWN):
        editions = [(channel, await archive_of(visit).edition(id)) for channel, id in sorted(request.editions.items())]
        moments = tuple((channel, moment_of(edition.statement.number)) for channel, edition in editions if edition)
        refusal = request.refusal()
        found.append(Asked(request, moments, refusal.text(visit.language) if refusal else ""))
    return found


async def ask(visit: Visit) -> Response:
    why = " ".join(visit.text("why").split())[:REASON]
    if not why:
        return await _again(visit, Refused("reason-missing", "Dites en une phrase pourquoi vous publiez."))
    await publish_requests_of(visit).create_request(visit.who.name, why=why)
    await visit.note("publication-asked", why=why)
    return visit.redirect("/publishing", "C’est demandé à la machine qui a la clé.")


async def form(visit: Visit) -> Response:
    return await _again(visit)


async def _again(visit: Visit, error: Refused | None = None) -> Response:
    wrong = {"why": error.text(visit.language)} if error else {}
    return page.show(
        visit,
        "publishing/ask.html",
        visit.language("Demander la publication"),
        status=422 if error else 200,
        wrong=wrong,
    )
