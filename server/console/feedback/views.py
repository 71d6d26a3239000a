"""Pages of feedback: forms with counts, the filtered list of submissions, search by code, and totals of a form."""

from __future__ import annotations

import datetime
from collections import Counter

from starlette.responses import Response

from server.accounts.account import Role
from server.console import page
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.feedback.filters import ANSWER_FIELD, choice_filters, filter_query, find_filtered, read_filters
from server.console.feedback.site_forms import load_versions
from server.inbox.answer_index import answer_index_of
from server.inbox.service import inbox_of
from server.inbox.submission_index import SubmissionFilter, submission_index_of
from server.statistics.report_history import dashboard_questions, report_history_of
from server.web.app_state import clock_of, store_of
from server.web.request_text import parse_number
from sync.errors import NotFound
from sync.forms.compiled_form import Form
from sync.forms.conversions import day_of
from sync.statistics.form_totals import protected_totals
from sync.statistics.report_counts import count_forms
from sync.statistics.suppression import SMALLEST_SHOWN
from sync.statistics.weeks import (
    FIRST_PERIOD,
    PERIOD,
    last_closed_period,
    last_day_of_period,
    period_of,
    weeks_of_period,
)
from sync.submissions.question_totals import QuestionTotals, question_totals

PAGE_SIZE = 50  # submissions
MAX_PAGE_NUMBER = 99_999


async def overview(context: ConsoleContext) -> Response:
    """The forms, with exact counts; for analysts with those of the last period that is over, and no small ones."""
    if not _can_read(context):
        return await _protected_overview(context)
    rows = await submission_index_of(context).find(SubmissionFilter())
    by_form = Counter(row.form for row in rows)
    new_by_form = Counter(row.form for row in rows if row.state == "new")
    versions = await load_versions(context)
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
        can_read=True,
    )


async def _protected_overview(context: ConsoleContext) -> Response:
    period = _chosen_period(context)
    reports = await report_history_of(context).load()
    counts = count_forms(reports.reports, weeks_of_period(period), reports.weekly_forms)
    versions = await load_versions(context)
    forms = [
        (slug, newest.title(context.language.code), counts.get(slug, 0), None, newest.is_sealed)
        for slug, (newest, *_) in sorted(versions.items())
    ]
    return page.render(
        context,
        "feedback/overview.html",
        context.language("Retours"),
        forms=forms,
        can_read=False,
        first_day=period.isoformat(),
        last_day=last_day_of_period(period).isoformat(),
        previous=(period - PERIOD).isoformat(),
    )


async def submissions(context: ConsoleContext) -> Response:
    """The list, its exports, its totals and its map under the same filters."""
    filters, rows = read_filters(context), await find_filtered(context)
    page_number = max(1, parse_number(context.query("page"), MAX_PAGE_NUMBER) or 1)
    start = (page_number - 1) * PAGE_SIZE
    versions = await load_versions(context)
    places = await load_place_names(store_of(context))
    shown_rows = rows[start : start + PAGE_SIZE]
    node_cache = inbox_of(context).node_cache
    devices = [await node_cache.device(id) for id in {row.device for row in shown_rows if row.device}]
    here = filter_query(context, form=filters.form) if filters.form else filter_query(context)
    return page.render(
        context,
        "feedback/list.html",
        context.language("Envois"),
        rows=shown_rows,
        total=len(rows),
        filters=filters,
        titles={slug: forms[0].title(context.language.code) for slug, forms in versions.items()},
        sealed={slug for slug, forms in versions.items() if any(form.is_sealed for form in forms)},
        places=sorted((places.get(place, place), place) for place in await submission_index_of(context).list_places()),
        choice_filters=choice_filters(versions.get(filters.form, []), context.language.code),
        answer=context.query(ANSWER_FIELD),
        place_names=places,
        device_names={device.id: device.name for device in devices if device},
        filter_query=filter_query(context),
        map_query=here,
        next_query=f"?{here}{'&' if here else ''}page={page_number + 1}" if start + PAGE_SIZE < len(rows) else "",
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
    """Totals of a form's answers. Analysts see those of the last period that is over, and no small group."""
    slug = context.param("form")
    versions = (await load_versions(context)).get(slug)
    if not versions:
        raise NotFound(
            "form-unknown", "Ce site n’a jamais publié de formulaire « {form} ».", "Revenez à la liste.", form=slug
        )
    if not _can_read(context):
        return await _protected_charts(context, versions[0])
    rows, answers = await find_filtered(context, slug), await answer_index_of(context).load(slug)
    ids = {row.id for row in rows}  # asked in the order of the answers, as they lie in memory
    readable = [given for id, given in answers.items() if given is not None and id in ids]
    return page.render(
        context,
        "feedback/charts.html",
        versions[0].title(context.language.code),
        slug=slug,
        totals=question_totals(versions[0], readable, context.language.code),
        count=len(rows),
        sealed_count=len(rows) - len(readable),
        can_read=True,
    )


async def _protected_charts(context: ConsoleContext, form: Form) -> Response:
    """Totals that reveal nobody. Without filters: totals of parts would let small groups be computed."""
    period = _chosen_period(context)
    reports = await report_history_of(context).load()
    weeks = weeks_of_period(period)
    count = count_forms(reports.reports, weeks, reports.weekly_forms).get(form.slug, 0)
    totals: list[QuestionTotals] = []
    if count:
        answers = await answer_index_of(context).load(form.slug)
        ids = await report_history_of(context).list_ids(form.slug, weeks)
        readable = [given for id in ids if (given := answers.get(id)) is not None]
        totals = protected_totals(form, readable, context.language.code, dashboard_questions(form))
    return page.render(
        context,
        "feedback/charts.html",
        form.title(context.language.code),
        slug=form.slug,
        totals=totals,
        count=count,
        sealed_count=0,
        can_read=False,
        least=SMALLEST_SHOWN,
        first_day=period.isoformat(),
        last_day=last_day_of_period(period).isoformat(),
        previous=(period - PERIOD).isoformat(),
    )


def _chosen_period(context: ConsoleContext) -> datetime.date:
    """The period of the query if it is over and one of the grid, else the last that is over."""
    last = last_closed_period(clock_of(context)().date())
    day = day_of(context.query("period"))
    return day if day and FIRST_PERIOD <= day <= last and day == period_of(day) else last


def _can_read(context: ConsoleContext) -> bool:
    return context.user.role is not Role.ANALYST
