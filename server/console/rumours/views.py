"""The list of cases, and the page of one case with everything that can be decided about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from anyio import to_thread
from starlette.responses import Response

from server.console import page
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.rumours.answer_text import AnswerOffer, find_alike_notices, offer_answer
from server.console.rumours.page_state import DEED_LABELS, case_page_state, name_places
from server.rumours.case_records import LEVELS, OPEN, STATE_LABELS
from server.rumours.rumour_case import RumourCase
from server.rumours.service import rumour_desk_of
from server.web.app_state import clock_of, store_of
from server.web.request_text import parse_number
from server.writing.workspace import workspace_of
from sync.folding import fold

PAGE_SIZE = 50  # cases
FILTERS = ("state", "place", "q")  # `q`: words that a report has
MAX_PAGE_NUMBER = 9999
SHOWN_REPORTS = 100  # on the page of a case: a flood is decided on as a whole


async def cases(context: ConsoleContext) -> Response:
    everything = await rumour_desk_of(context).list_cases()
    filters = {name: context.query(name) for name in FILTERS}
    found = await to_thread.run_sync(_find_cases, everything, filters)
    number = max(1, parse_number(context.query("page"), MAX_PAGE_NUMBER) or 1)
    start = (number - 1) * PAGE_SIZE
    names = await load_place_names(store_of(context))
    parameters = {name: value for name, value in filters.items() if value}
    return page.render(
        context,
        "rumours/list.html",
        context.language("Rumeurs"),
        cases=[(case, case_page_state(context.language, case).digest) for case in found[start : start + PAGE_SIZE]],
        total=len(found),
        place_names=names,
        places=sorted({(names.get(code, code), code) for case in everything for code, _count in case.places}),
        filters=filters,
        STATES=STATE_LABELS,
        LEVELS=LEVELS,
        today=clock_of(context)().date(),
        next_query=f"?{urlencode(parameters | {'page': number + 1})}" if start + PAGE_SIZE < len(found) else "",
    )


def _find_cases(cases: Sequence[RumourCase], filters: Mapping[str, str]) -> list[RumourCase]:
    """The cases that fit `filters`, by FILTERS. Every report's words are read: run it in a thread."""
    state, place, words = filters["state"], filters["place"], fold(filters["q"])
    return [
        case
        for case in cases
        if (not state or case.record.state == state)
        and (not place or any(report.place == place for report in case.reports))
        and (not words or any(words in fold(report.words) for report in case.reports))
    ]


async def case_of_report(context: ConsoleContext) -> Response:
    """Lead to the case that a submission is in; to the submission itself if it reports no rumour."""
    report = context.param("report")
    case = await rumour_desk_of(context).find_case_of_report(report)
    return context.redirect(f"/rumours/{case}" if case else f"/feedback/one/{report}")


async def case(context: ConsoleContext) -> Response:
    found = await rumour_desk_of(context).get_case(context.param("id"))
    snapshot = await workspace_of(context).load_snapshot()
    work = snapshot.works.get(found.record.notice)
    offer: AnswerOffer | None = await offer_answer(context, found, snapshot)
    return page.render(
        context,
        "rumours/case.html",
        context.language("Une rumeur"),
        case=found,
        reports=found.reports[:SHOWN_REPORTS],
        hidden_count=max(0, len(found.reports) - SHOWN_REPORTS),
        places=await name_places(context, found),
        place_names=await load_place_names(store_of(context)),
        page_state=case_page_state(context.language, found),
        LEVELS=LEVELS,
        STATES=STATE_LABELS,
        DEEDS=DEED_LABELS,
        is_open=found.record.state == OPEN,
        notice=work,
        offer=offer,
        alike=[] if work else await find_alike_notices(context, found, snapshot),
    )
