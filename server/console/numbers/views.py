"""The list of emergency numbers, and the decision of a coordinator who rang one: it answered, or nobody did."""

from __future__ import annotations

import datetime
import re

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, gone_meanwhile, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.web.app_state import clock_of
from server.writing.drafts import drafts_of
from server.writing.emergency_calls import (
    WaitingNumber,
    drop_number,
    find_number,
    list_numbers,
    record_call,
)
from server.writing.workspace import workspace_of
from sync.content.layout import document_id
from sync.content.schemas import to_fields
from sync.documents.code_labels import SERVICES
from sync.documents.emergency import Rung
from sync.errors import BadRequest, NotFound

PATH = "/numbers"
FIRST_DAY = datetime.date(2000, 1, 1)


async def numbers(context: ConsoleContext) -> Response:
    library = (await workspace_of(context).load_snapshot()).library
    waiting = list_numbers(library.authorities.values())
    return page.render(
        context,
        "numbers/list.html",
        context.language("Numéros à appeler"),
        numbers=waiting,
        SERVICES=SERVICES,
        page_states={number.key: _page_state(context, number) for number in waiting},
        today=clock_of(context)().date().isoformat(),
    )


async def rung(context: ConsoleContext) -> Response:
    """Write a call into the country's offices: the number with its day, or without it where nobody answered."""
    snapshot = await workspace_of(context).load_snapshot()
    offices_by_country = snapshot.library.authorities
    try:
        number = find_number(offices_by_country.values(), context.param("number"))
    except NotFound as error:
        raise gone_meanwhile(context, error.translate(context.language)[0], PATH) from error
    page_state = _page_state(context, number)
    require_seen(context, page_state, PATH)
    offices = offices_by_country[number.country]
    if context.text("answered") == "no":
        changed = drop_number(offices, number)
    else:
        changed = record_call(offices, number, Rung(context.user.display_name, _day(context)))
    work = snapshot.get_work(document_id("authorities", offices, snapshot.library.site.lang))
    await drafts_of(context).replace_approved(work, to_fields("authorities", changed), context.user.name)
    await context.record_action("number-rung", work.id, number=number.number, text=page_state.short_digest)
    return context.redirect(PATH, FlashMessage.NUMBER_RUNG)


def _day(context: ConsoleContext) -> str:
    """The day of the call as posted. Raises BadRequest for one ahead, or none."""
    day = context.text("day")
    wrong = BadRequest("day-wrong", "Donnez le jour de l’appel : aujourd’hui ou avant.")
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        raise wrong
    try:
        called = datetime.date.fromisoformat(day)
    except ValueError as error:
        raise wrong from error
    if not FIRST_DAY <= called <= clock_of(context)().date():
        raise wrong
    return day


def _page_state(context: ConsoleContext, number: WaitingNumber) -> PageState:
    """The number with what its source says, and the last call."""
    _ = context.language
    source = number.source
    last = _("{date}, {who}", date=_.date(number.rung.day), who=number.rung.by) if number.rung else "—"
    lines = [
        (_("Numéro"), number.number),
        (_("Service d’urgence"), _(SERVICES[number.service])),
        (_("Où et quand cela répond"), number.note or "—"),
        (_("Source"), f"{source.title}, {source.published or '—'}" if source else "—"),
        (_("Appel fait"), last),
    ]
    values = [number.key, number.note, source.url if source else "", last]
    return make_page_state(values, lines)
