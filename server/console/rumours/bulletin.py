"""The rumour bulletin of a week for radio, and what was asked and answered in a month, to print or to read aloud.

Neither names a person or a phone: the bulletin has published words only, the month what the team answered.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from starlette.responses import PlainTextResponse, Response

from server.console import page
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.rumours.answer_text import published_notices
from server.inbox.service import inbox_of
from server.inbox.submission_index import SubmissionFilter, submission_index_of
from server.reader.published_notices import published_notices_of
from server.rumours.rumour_case import RumourCase
from server.rumours.service import rumour_desk_of
from server.web.app_state import clock_of, store_of
from server.web.request_text import parse_day
from sync.documents.code_labels import VERDICTS
from sync.notices.bulletin import bulletin_items, bulletin_text
from sync.store.contract import Collection
from sync.submissions.related_records import StoredAnswer, answer_from_body

WEEK = datetime.timedelta(days=6)  # before the last day
QUESTION, MAY_PUBLISH, YES = "question", "publier", "oui"  # of content/forms/question.md
MAX_QUESTIONS = 500


@dataclass(frozen=True, slots=True)
class AskedAndAnswered:
    """`asked`: a published claim, or a question whose sender allows it to be told. `count`: of people who asked."""

    asked: str
    answer: str
    places: str
    count: int


async def bulletin(context: ConsoleContext) -> Response:
    """The week that ends on the day `last`; `as=text` gives a text file."""
    last = parse_day(context.query("last")) if context.query("last") else clock_of(context)().date()
    last = max(last, datetime.date.min + WEEK)
    first = last - WEEK
    service, _ = published_notices_of(context), context.language
    items = bulletin_items(await service.list(), first.isoformat(), last.isoformat(), _.code)
    days = {"first": _.date(first.isoformat()), "last": _.date(last.isoformat())}
    title = _("Bulletin des rumeurs, du {first} au {last}", **days)
    if context.query("as") == "text":
        name = f"bulletin-{last.isoformat()}.txt"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return PlainTextResponse(bulletin_text(items, title, _), headers=headers)
    return page.render(context, "rumours/bulletin.html", title, items=items, last=last.isoformat(), VERDICTS=VERDICTS)


async def month(context: ConsoleContext) -> Response:
    """The calendar month of the query, else the one of today."""
    today = clock_of(context)().date().isoformat()[:7]
    chosen = context.query("month") or today
    parse_day(f"{chosen}-01")
    cases = await rumour_desk_of(context).list_cases()
    reports = {report.id for case in cases for report in case.reports}
    rows = [*await _answered_cases(context, cases, chosen), *await _answered_questions(context, reports, chosen)]
    return page.render(
        context,
        "rumours/month.html",
        context.language("Demandé et répondu : {month}", month=context.language.date(chosen)),
        rows=rows,
        month=chosen,
    )


async def _answered_cases(context: ConsoleContext, cases: Sequence[RumourCase], month: str) -> list[AskedAndAnswered]:
    """Cases answered in the month: with the claim of their notice, never with the words that somebody sent.

    An answer that leads to the notice was given to everybody; any other may speak to one person.
    """
    names = await load_place_names(store_of(context))
    notices = await published_notices(context)
    rows = []
    for case in cases:
        notice = notices.get(case.record.notice)
        if notice is None or not any(
            each.deed == "answered" and each.when.startswith(month) for each in case.record.decisions
        ):
            continue
        answers = (await _load_answers(context, case.answered)).values()
        text = next((answer.text for answer in answers if answer.page == f"notices/{notice.slug}"), notice.summary)
        places = ", ".join(names.get(code, code) for code, _count in case.places)
        rows.append(AskedAndAnswered(notice.claim, text, places, len(case.reports)))
    return rows


async def _answered_questions(context: ConsoleContext, reports: Container[str], month: str) -> list[AskedAndAnswered]:
    """Questions answered in the month whose senders allow them to be told. `reports`: of rumours, which are none."""
    found = await submission_index_of(context).find(SubmissionFilter())
    summaries = [each for each in found if each.answered and not each.sealed and each.id not in reports]
    answers_by_id = await _load_answers(context, [each.id for each in summaries])
    names = await load_place_names(store_of(context))
    rows = []
    for summary in summaries:
        answer = answers_by_id.get(summary.id)
        if answer is None or not answer.date.startswith(month):
            continue
        record_ids = await inbox_of(context).node_cache.find_record_ids([summary.id])
        entry = await inbox_of(context).open_reader().read_one(record_ids[summary.id]) if record_ids else None
        answers = (entry.answers if entry else None) or {}
        if answers.get(MAY_PUBLISH) == YES and answers.get(QUESTION):
            place = names.get(summary.place, summary.place)
            rows.append(AskedAndAnswered(str(answers[QUESTION]), answer.text, place, 1))
        if len(rows) == MAX_QUESTIONS:
            break
    return rows


async def _load_answers(context: ConsoleContext, ids: Iterable[str]) -> dict[str, StoredAnswer]:
    """The answers to these submissions by id."""
    records = await store_of(context).get_many(Collection.FEEDBACK, [f"answer:{id}" for id in sorted(ids)])
    answers = {id.removeprefix("answer:"): answer_from_body(record.body) for id, record in records.items()}
    return {id: answer for id, answer in answers.items() if answer}
