"""Pages of feedback: forms with counts, the filtered list of submissions, search by code, and totals of a form."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlencode

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.context import ConsoleContext
from server.console.feedback.form_upload import load_versions
from server.console.feedback.place_names import load_place_names
from server.inbox.service import inbox_of
from server.inbox.submission_index import SubmissionFilter, submission_index_of
from server.web.app_state import store_of
from server.web.request_text import parse_number
from sync.errors import NotFound
from sync.forms.conversions import day_of
from sync.submissions.question_totals import MIN_GROUP_SIZE, question_totals

PAGE_SIZE = 50  # submissions
MAX_PAGE_NUMBER = 99_999
FILTER_FIELDS = ("form", "place", "first", "last", "state", "who", "device")


async def overview(context: ConsoleContext) -> Response:
    rows = await submission_index_of(context).find(SubmissionFilter())
    by_form = Counter(row.form for row in rows)
    new_by_form = Counter(row.form for row in rows if row.state == "new")
    versions = await load_versions(store_of(context))
    forms = [
        (slug, newest.title(context.language.code), by_form[slug], new_by_form[slug], newest.is_sealed)
        for slug, (newest, *_) in sorted(versions.items())
    ]
    return page.render(
        context,
        "feedback/overview.html",
        context.language("Retours"),
        forms=forms,
        count=len(rows),
        quarantine_count=len(await submission_index_of(context).list_quarantined()),
        can_read=_can_read(context),
    )


async def submissions(context: ConsoleContext) -> Response:
    """The list. A filter with an invalid date keeps only its form."""
    filters = SubmissionFilter(**{name: context.query(name) for name in FILTER_FIELDS})
    if any(day and not day_of(day) for day in (filters.first, filters.last)):
        filters = SubmissionFilter(form=filters.form)
    rows = await submission_index_of(context).find(filters)
    page_number = max(1, parse_number(context.query("page"), MAX_PAGE_NUMBER) or 1)
    start = (page_number - 1) * PAGE_SIZE
    versions = await load_versions(store_of(context))
    places = await load_place_names(store_of(context))
    shown_rows = rows[start : start + PAGE_SIZE]
    node_cache = inbox_of(context).node_cache
    devices = [await node_cache.device(id) for id in {row.device for row in shown_rows if row.device}]
    parameters = {name: context.query(name) for name in FILTER_FIELDS if context.query(name)}
    return page.render(
        context,
        "feedback/list.html",
        context.language("Envois"),
        rows=shown_rows,
        total=len(rows),
        filters=filters,
        titles={slug: forms[0].title(context.language.code) for slug, forms in versions.items()},
        sealed={slug for slug, forms in versions.items() if any(form.is_sealed for form in forms)},
        places=sorted(
            {
                (places.get(row.place, row.place), row.place)
                for row in await submission_index_of(context).find(SubmissionFilter())
                if row.place
            }
        ),
        place_names=places,
        device_names={device.id: device.name for device in devices if device},
        next_query=f"?{urlencode(parameters | {'page': page_number + 1})}" if start + PAGE_SIZE < len(rows) else "",
    )


async def find_by_code(context: ConsoleContext) -> Response:
    """Redirect to the submission with a receipt code, or list those that share it. Raises NotFound."""
    rows = await submission_index_of(context).find_by_code(context.query("code"))
    if len(rows) == 1:
        return context.redirect(f"/feedback/one/{rows[0].id}")
    if not rows:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return page.render(context, "feedback/codes.html", context.language("Plusieurs envois ont ce code"), rows=rows)


async def charts(context: ConsoleContext) -> Response:
    """Totals of a form's answers. Analysts see no group smaller than MIN_GROUP_SIZE."""
    slug = context.param("form")
    versions = (await load_versions(store_of(context))).get(slug)
    if not versions:
        raise NotFound("form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", form=slug)
    entries = [entry async for entry in inbox_of(context).open_reader().read_all(slug)]
    min_group = 0 if _can_read(context) else MIN_GROUP_SIZE
    totals = question_totals(versions[0], entries, context.language.code, min_group)
    sealed_count = sum(entry.answers is None for entry in entries)
    return page.render(
        context,
        "feedback/charts.html",
        versions[0].title(context.language.code),
        slug=slug,
        totals=totals,
        count=len(entries),
        sealed_count=sealed_count,
        min_group=min_group,
        can_read=_can_read(context),
    )


def _can_read(context: ConsoleContext) -> bool:
    return context.user.role is not Role.ANALYST
