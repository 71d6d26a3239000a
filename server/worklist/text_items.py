"""Texts that wait: for review, sent back, set aside, stale translations, reviews overdue; and consents that end."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from server.publishing.companion_consent import list_ending_consents
from server.worklist.work_item import COORDINATORS, WRITERS, Urgency, WorkItem
from server.writing.checks import EDITABLE_KINDS, TEXT_KINDS
from server.writing.draft_records import REVIEW, Draft, WorkingDocument
from server.writing.review_dates import get_due_date, is_overdue
from server.writing.translations import is_behind
from server.writing.workspace import Snapshot
from sync.documents.model import Authorities
from sync.locale import N_


def text_items(snapshot: Snapshot, today: str) -> Iterator[WorkItem]:
    works = [work for work in snapshot.works.values() if work.kind in EDITABLE_KINDS]
    for work in works:
        yield from _draft_items(work)
        if work.withdrawal_by:
            yield _withdrawal(work)
        if work.asides:
            sentence = N_("Deux textes à régler : « {title} »")
            yield _of(work, "text-aside", Urgency.TODAY, sentence, N_("Régler"), work.asides[0].when)
    for work in works:
        if work.kind in TEXT_KINDS and _is_stale_translation(work, snapshot):
            yield _stale_translation(work)
    yield from _overdue(works, today)
    yield from _ending_consents(snapshot, today)


def _withdrawal(work: WorkingDocument) -> WorkItem:
    sentence, asked = N_("Retrait demandé : « {title} »"), (work.main.body["withdrawal"] if work.main else {})
    item = _of(work, "withdrawal", Urgency.TODAY, sentence, N_("Décider"), asked.get("when", ""), work.withdrawal_by)
    return replace(item, roles=COORDINATORS, not_for=frozenset({work.withdrawal_by}))


def _draft_items(work: WorkingDocument) -> Iterator[WorkItem]:
    draft = work.draft
    if draft is None:
        return
    if draft.state == REVIEW:
        sentence, writers = N_("Texte à relire : « {title} »"), frozenset(draft.writers)
        yield _of(work, "review", Urgency.TODAY, sentence, N_("Relire"), draft.when, draft.by, not_for=writers)
    elif _is_sent_back(draft):
        sentence, writers = N_("Texte renvoyé à corriger : « {title} »"), frozenset(draft.writers)
        yield _of(work, "returned", Urgency.TODAY, sentence, N_("Corriger"), draft.when, draft.by, persons=writers)
    else:
        sentence, writers = N_("Votre brouillon : « {title} »"), frozenset(draft.writers)
        yield _of(work, "draft", Urgency.WEEK, sentence, N_("Continuer"), draft.when, draft.by, persons=writers)


def _is_sent_back(draft: Draft) -> bool:
    return bool(draft.answered)


def _is_stale_translation(work: WorkingDocument, snapshot: Snapshot) -> bool:
    """True for an approved translation of which readers see something else than its original says by now."""
    original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
    is_translation = original is not None and original.id != work.id and work.main is not None
    if not is_translation or work.is_withdrawn or work.draft or original is None:
        return False
    return bool((work.approved or {}).get("reviewed")) and is_behind(work, original)


def _stale_translation(work: WorkingDocument) -> WorkItem:
    urgency = Urgency.TODAY if work.fields.get("essential") else Urgency.WEEK
    sentence = N_("L’original de « {title} » a changé : la traduction dit autre chose")
    return _of(work, "stale-translation", urgency, sentence, N_("Traduire"), (work.approval or {}).get("when", ""))


def _overdue(works: Iterable[WorkingDocument], today: str) -> Iterator[WorkItem]:
    overdue = sorted(get_due_date(work) for work in works if is_overdue(work, today))
    if overdue:
        sentence = N_("Textes à relire depuis trop longtemps : {count}")
        values = {"count": len(overdue)}
        path = "/writing?overdue=1"
        yield WorkItem("overdue", Urgency.WEEK, sentence, N_("Voir"), path, WRITERS, overdue[0], values=values)


def _ending_consents(snapshot: Snapshot, today: str) -> Iterator[WorkItem]:
    """Associations to ask again, each by itself."""
    day = datetime.date.fromisoformat(today)
    for document in snapshot.documents:
        offices = document.value
        for ending in list_ending_consents([offices], day) if isinstance(offices, Authorities) else ():
            is_over = ending.end <= day
            soon = N_("Accord d’une association qui finit dans la semaine : {name}")
            over = N_("Accord fini, publier laisse l’association de côté : {name}")
            yield WorkItem(
                "consent",
                Urgency.TODAY if is_over else Urgency.WEEK,
                over if is_over else soon,
                N_("Noter"),
                f"/writing/{document.id}/edit#f-companions",
                WRITERS,
                (ending.end if is_over else ending.notice).isoformat(),
                values={"name": ending.companion.name},
            )


def _of(
    work: WorkingDocument,
    kind: str,
    urgency: Urgency,
    sentence: str,
    button: str,
    since: str,
    owner: str = "",
    *,
    persons: frozenset[str] = frozenset(),
    not_for: frozenset[str] = frozenset(),
) -> WorkItem:
    path, values = f"/writing/{work.id}", {"title": work.title}
    return WorkItem(kind, urgency, sentence, button, path, WRITERS, str(since), owner, values, persons, not_for)
