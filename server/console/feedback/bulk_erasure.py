"""Erasure of many submissions at once, after a flood of public reports: select, look at samples, erase what was seen.

Only reports without a device that nobody has taken in hand or answered can be selected. The form names every submission
that stood on the page, so one that arrived or changed meanwhile is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
from anyio import to_thread
from starlette.responses import Response

from server.console import page
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.feedback.site_forms import load_versions
from server.console.flash import FlashMessage
from server.inbox.service import inbox_of
from server.inbox.submission_index import NEW, SubmissionFilter, SubmissionSummary, submission_index_of
from server.web.app_state import store_of
from sync.errors import BadRequest, KunnafoniError
from sync.folding import fold
from sync.forms.conversions import day_of
from sync.store.contract import Collection
from sync.submissions.submission import parse_submission

MAX_ERASED = 2000  # submissions at once: more take a request too long
SAMPLES = 12
SAMPLE_LENGTH = 200  # characters
READ_SIZE = 200  # records in one read
CONCURRENT_ERASURES = 8  # the store commits what waits together
KEY_LENGTH = 16  # characters of an id in the form, 96 bits


@dataclass(frozen=True, slots=True)
class ErasureFilter:
    """`words`: a text that the answers contain, folded as in search; "" for any. Days are `YYYY-MM-DD` or ""."""

    form: str
    place: str
    first: str
    last: str
    words: str

    @property
    def parameters(self) -> dict[str, str]:
        return {
            "form": self.form,
            "place": self.place,
            "first": self.first,
            "last": self.last,
            "words": self.words,
        }


async def flood(context: ConsoleContext) -> Response:
    """The page: the filter, the number of submissions selected, samples of them, and the button that erases them."""
    criteria = _make_filter({name: context.query(name) for name in ("form", "place", "first", "last", "words")})
    rows = await _select(context, criteria)
    selected = rows[:MAX_ERASED]
    samples = selected[:: max(1, len(selected) // SAMPLES)][:SAMPLES]
    texts = await _read_texts(context, samples)
    versions = await load_versions(context)
    public = {slug: forms[0].title(context.language.code) for slug, forms in versions.items() if forms[0].is_public}
    places = await load_place_names(store_of(context))
    return page.render(
        context,
        "feedback/flood.html",
        context.language("Effacer beaucoup d’envois"),
        filters=criteria,
        fields=criteria.parameters,
        titles=public,
        places=sorted((name, code) for code, name in places.items()),
        place_names=places,
        total=len(rows),
        count=len(selected),
        samples=[(row, _make_sample(texts[row.id])) for row in samples if row.id in texts],
        seen=" ".join(_key(row) for row in selected),
    )


async def erase_flood(context: ConsoleContext) -> Response:
    """Erase the submissions that the page named, as far as they are still selected. Written to the audit log."""
    criteria = _make_filter({name: context.text(name) for name in ("form", "place", "first", "last", "words")})
    seen = set(context.text("seen").split())
    if not criteria.form or not 0 < len(seen) <= MAX_ERASED:
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    rows = await _select(context, criteria)
    erased, failure = await _erase(context, [row.id for row in rows if _key(row) in seen])
    if erased:
        detail = {name: value for name in ("place", "first", "last") if (value := criteria.parameters[name])}
        await context.record_action("feedback-flood-erased", criteria.form, count=erased, **detail)
    if failure:
        raise failure
    return context.redirect(
        f"/feedback/flood?form={criteria.form}",
        FlashMessage.FLOOD_ERASED,
        count=erased,
        kept=len(seen) - erased,
    )


async def _erase(context: ConsoleContext, ids: Sequence[str]) -> tuple[int, KunnafoniError | None]:
    """Erase submissions, a few at a time. Returns how many were erased, and the error that ended it early."""
    limiter = anyio.CapacityLimiter(CONCURRENT_ERASURES)
    erased, failures = 0, list[KunnafoniError]()

    async def erase(id: str) -> None:
        nonlocal erased
        async with limiter:
            if failures:
                return
            try:
                await inbox_of(context).erase(id, "asked")
                erased += 1
            except KunnafoniError as error:
                failures.append(error)

    async with anyio.create_task_group() as tasks:
        for id in ids:
            tasks.start_soon(erase, id)
    return erased, failures[0] if failures else None


def _make_filter(values: Mapping[str, str]) -> ErasureFilter:
    """The filter of a request. Raises BadRequest for a malformed day."""
    criteria = ErasureFilter(**values)
    if any(day and not day_of(day) for day in (criteria.first, criteria.last)):
        raise BadRequest("day-malformed", "Ce jour n’existe pas.", "Écrivez-le comme 2026-11-24.")
    return criteria


async def _select(context: ConsoleContext, criteria: ErasureFilter) -> list[SubmissionSummary]:
    """The submissions that the filter selects, newest day first; none without a form."""
    if not criteria.form:
        return []
    inbox = inbox_of(context)
    rows = await submission_index_of(context).find(
        SubmissionFilter(criteria.form, criteria.place, criteria.first, criteria.last, NEW)
    )
    rows = [row for row in rows if not (row.device or row.answered or inbox.node_cache.is_erased(row.id))]
    words = fold(criteria.words).strip()
    if not words:
        return rows
    texts = await _read_texts(context, rows)
    matching = await to_thread.run_sync(lambda: {id for id, text in texts.items() if words in fold(text)})
    return [row for row in rows if row.id in matching]


async def _read_texts(context: ConsoleContext, rows: Sequence[SubmissionSummary]) -> dict[str, str]:
    find = inbox_of(context).node_cache.find_record_id
    record_ids = {record_id: row.id for row in rows if (record_id := find(row.id))}
    texts: dict[str, str] = {}
    for start in range(0, len(record_ids), READ_SIZE):
        names = list(record_ids)[start : start + READ_SIZE]
        records = await store_of(context).get_many(Collection.FEEDBACK, names)
        texts |= {record_ids[name]: str(record.body["text"]) for name, record in records.items()}
    return texts


def _make_sample(text: str) -> str:
    """The words of a submission's answers; "" if they are sealed."""
    submission = parse_submission(text)
    return " · ".join(_texts_in(submission.answers))[:SAMPLE_LENGTH] if submission.sealed is None else ""


def _texts_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in _texts_in(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts_in(part)]
    return [str(value)]


def _key(row: SubmissionSummary) -> str:
    return row.id[:KEY_LENGTH]
