"""The state of a case that its page shows, for the decisions about it."""

from __future__ import annotations

from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.rumours.case_records import LEVELS, STATE_LABELS
from server.rumours.rumour_case import RumourCase
from server.rumours.service import rumour_desk_of
from server.web.app_state import store_of
from sync.locale import N_, Language

DEED_LABELS = {
    "level": N_("Conséquences"),
    "closed": N_("Classé sans suite"),
    "reopened": N_("Repris"),
    "notice": N_("Fiche qui répond"),
    "joined": N_("Messages joints"),
    "joined-to": N_("Joint à un autre cas"),
    "split": N_("Messages séparés"),
    "answered": N_("Réponses données"),
}


def case_page_state(language: Language, case: RumourCase) -> PageState:
    """The reports, who has an answer, and what was decided. A decision makes a new revision, however many were made."""
    _, record = language, case.record
    ids = sorted(report.id for report in case.reports)
    values = [case.id, record.level, record.notice, record.state, ids, sorted(case.answered), record.rev]
    lines = [
        (_("Messages"), len(case.reports)),
        (_("Sans réponse"), len(case.waiting)),
        (_("État"), _(STATE_LABELS[record.state])),
        (_("Conséquences"), _(LEVELS[record.level]) if record.level else "—"),
        (_("Fiche qui répond"), record.notice or "—"),
    ]
    return make_page_state(values, lines, "\n".join(report.words for report in case.reports))


async def load_seen_case(context: ConsoleContext, typed: dict[str, str] | None = None) -> tuple[RumourCase, PageState]:
    """The case that the address names, as the form's page showed it. Raises NotFound, ChangedMeanwhile."""
    case = await rumour_desk_of(context).get_case(context.param("id"))
    page_state = case_page_state(context.language, case)
    require_seen(context, page_state, f"/rumours/{case.id}", typed)
    return case, page_state


async def name_places(context: ConsoleContext, case: RumourCase) -> list[tuple[str, int]]:
    """The places of a case by name, with the number of reports."""
    names = await load_place_names(store_of(context))
    return [(names.get(code, code), count) for code, count in case.places]
