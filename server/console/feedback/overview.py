"""All forms at a glance, the list with its filters, a submission by its code, and totals as bars with their numbers."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.context import ConsoleContext
from server.console.feedback.forms import load_versions
from server.console.feedback.place_names import load_place_names
from server.inbox.submission_index import STATES, SubmissionFilter, submission_index_of
from server.web.app_state import store_of
from sync.errors import NotFound
from sync.forms.conversions import day_of
from sync.store.contract import Collection
from sync.submissions.devices import device_from_record
from sync.submissions.submission_reader import SubmissionReader
from sync.submissions.totals import MIN_GROUP_SIZE, question_totals

PAGE_SIZE = 50  # on one page
FILTER_FIELDS = ("form", "place", "first", "last", "state", "who", "device")


async def overview(context: ConsoleContext) -> Response:
    rows = await submission_index_of(context).find(SubmissionFilter())
    by_form = Counter(row.form for row in rows)
    new = Counter(row.form for row in rows if row.state == "new")
    known = await load_versions(store_of(context))
    forms = [
        (slug, found[0].title(context.language.code), by_form[slug], new[slug], found[0].is_sealed)
        for slug, found in sorted(known.items())
    ]
    return page.render(
        context,
        "feedback/overview.html",
        context.language("Retours"),
        forms=forms,
        all=len(rows),
        reads=_can_read(context),
    )


async def submissions(context: ConsoleContext) -> Response:
    wanted = SubmissionFilter(**{name: context.query(name) for name in FILTER_FIELDS})
    if any(day and not day_of(day) for day in (wanted.first, wanted.last)):
        wanted = SubmissionFilter(form=wanted.form)
    rows = await submission_index_of(context).find(wanted)
    number = int(context.query("page")) if context.query("page").isdigit() and len(context.query("page")) < 6 else 1
    start = (max(1, number) - 1) * PAGE_SIZE
    known = await load_versions(store_of(context))
    places = await load_place_names(store_of(context))
    devices = await store_of(context).get_many(
        Collection.PEOPLE, [f"device:{row.device}" for row in rows[start : start + PAGE_SIZE] if row.device]
    )
    asked = {name: context.query(name) for name in FILTER_FIELDS if context.query(name)}
    return page.render(
        context,
        "feedback/list.html",
        context.language("Envois"),
        rows=rows[start : start + PAGE_SIZE],
        total=len(rows),
        wanted=wanted,
        titles={slug: found[0].title(context.language.code) for slug, found in known.items()},
        states=STATES,
        sealed={slug for slug, found in known.items() if any(form.is_sealed for form in found)},
        places=sorted(
            {
                (places.get(row.place, row.place), row.place)
                for row in await submission_index_of(context).find(SubmissionFilter())
                if row.place
            }
        ),
        place_names=places,
        names={id.removeprefix("device:"): device_from_record(id, record.body).name for id, record in devices.items()},
        following=f"?{urlencode(asked | {'page': max(1, number) + 1})}" if start + PAGE_SIZE < len(rows) else "",
    )


async def find_by_code(context: ConsoleContext) -> Response:
    found = await submission_index_of(context).find_by_code(context.query("code"))
    if len(found) == 1:
        return context.redirect(f"/feedback/one/{found[0].id}")
    if not found:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return page.render(context, "feedback/codes.html", context.language("Plusieurs envois ont ce code"), rows=found)


async def charts(context: ConsoleContext) -> Response:
    slug = context.param("form")
    known = (await load_versions(store_of(context))).get(slug)
    if not known:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    entries = [entry async for entry in SubmissionReader(store_of(context)).read_all(slug)]
    least = 0 if _can_read(context) else MIN_GROUP_SIZE
    found = question_totals(known[0], entries, context.language.code, least)
    sealed = sum(entry.answers is None for entry in entries)
    return page.render(
        context,
        "feedback/charts.html",
        known[0].title(context.language.code),
        slug=slug,
        tallies=found,
        total=len(entries),
        sealed=sealed,
        least=least,
        reads=_can_read(context),
    )


def _can_read(context: ConsoleContext) -> bool:
    return context.user.role is not Role.ANALYST
