"""All forms at a glance, the list with its filters, a submission by its code, and totals as bars with their numbers."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.context import Visit
from server.console.feedback.forms import versions
from server.console.feedback.place_names import names
from server.inbox.submission_index import STATES, SubmissionFilter, submission_index_of
from server.web.state import store_of
from sync.errors import NotFound
from sync.forms.conversions import day_of
from sync.store.contract import Collection
from sync.submissions.devices import device_from_record
from sync.submissions.reader import SubmissionReader
from sync.submissions.totals import MIN_GROUP_SIZE, question_totals

ROWS = 50  # on one page
FILTERS = ("form", "place", "first", "last", "state", "who", "device")


async def overview(visit: Visit) -> Response:
    rows = await submission_index_of(visit).find(SubmissionFilter())
    by_form = Counter(row.form for row in rows)
    new = Counter(row.form for row in rows if row.state == "new")
    known = await versions(store_of(visit))
    forms = [
        (slug, found[0].title(visit.language.code), by_form[slug], new[slug], found[0].sealed)
        for slug, found in sorted(known.items())
    ]
    return page.show(
        visit, "feedback/overview.html", visit.language("Retours"), forms=forms, all=len(rows), reads=_reads(visit)
    )


async def submissions(visit: Visit) -> Response:
    wanted = SubmissionFilter(**{name: visit.query(name) for name in FILTERS})
    if any(day and not day_of(day) for day in (wanted.first, wanted.last)):
        wanted = SubmissionFilter(form=wanted.form)
    rows = await submission_index_of(visit).find(wanted)
    number = int(visit.query("page")) if visit.query("page").isdigit() and len(visit.query("page")) < 6 else 1
    start = (max(1, number) - 1) * ROWS
    known = await versions(store_of(visit))
    places = await names(store_of(visit))
    devices = await store_of(visit).get_many(
        Collection.PEOPLE, [f"device:{row.device}" for row in rows[start : start + ROWS] if row.device]
    )
    asked = {name: visit.query(name) for name in FILTERS if visit.query(name)}
    return page.show(
        visit,
        "feedback/list.html",
        visit.language("Envois"),
        rows=rows[start : start + ROWS],
        total=len(rows),
        wanted=wanted,
        titles={slug: found[0].title(visit.language.code) for slug, found in known.items()},
        states=STATES,
        sealed={slug for slug, found in known.items() if any(form.sealed for form in found)},
        places=sorted(
            {
                (places.get(row.place, row.place), row.place)
                for row in await submission_index_of(visit).find(SubmissionFilter())
                if row.place
            }
        ),
        place_names=places,
        names={id.removeprefix("device:"): device_from_record(id, record.body).name for id, record in devices.items()},
        following=f"?{urlencode(asked | {'page': max(1, number) + 1})}" if start + ROWS < len(rows) else "",
    )


async def by_code(visit: Visit) -> Response:
    found = await submission_index_of(visit).by_code(visit.query("code"))
    if len(found) == 1:
        return visit.redirect(f"/feedback/one/{found[0].id}")
    if not found:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return page.show(visit, "feedback/codes.html", visit.language("Plusieurs envois ont ce code"), rows=found)


async def charts(visit: Visit) -> Response:
    slug = visit.param("form")
    known = (await versions(store_of(visit))).get(slug)
    if not known:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    entries = [entry async for entry in SubmissionReader(store_of(visit)).entries(slug)]
    least = 0 if _reads(visit) else MIN_GROUP_SIZE
    found = question_totals(known[0], entries, visit.language.code, least)
    sealed = sum(entry.answers is None for entry in entries)
    return page.show(
        visit,
        "feedback/charts.html",
        known[0].title(visit.language.code),
        slug=slug,
        tallies=found,
        total=len(entries),
        sealed=sealed,
        least=least,
        reads=_reads(visit),
    )


def _reads(visit: Visit) -> bool:
    return visit.who.role is not Role.ANALYST
