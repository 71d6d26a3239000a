"""What is done to a document besides writing in it. Each deed goes to the journal."""

from __future__ import annotations

import datetime
from typing import Any

from starlette.responses import Response

from server.console.context import Visit
from server.console.writing.views import work_of
from server.web.state import assets_of, clock_of
from server.writing.checks import TEXT_KINDS, check
from server.writing.drafts import drafts_of
from server.writing.preview import render_preview
from server.writing.records import REVIEW, WorkingDocument
from server.writing.workspace import Snapshot, workspace_of
from sync.errors import BadRequest, NotFound, Refused


async def ask_review(visit: Visit) -> Response:
    snapshot = await workspace_of(visit).now()
    work = work_of(snapshot, visit)
    _sound(visit, work, snapshot)
    await drafts_of(visit).request_review(work, visit.who.name, visit.text("note").strip()[:500])
    await visit.note("review-asked", work.id)
    return visit.redirect(f"/writing/{work.id}", "La relecture est demandée. Une autre personne approuve.")


async def approve(visit: Visit) -> Response:
    snapshot = await workspace_of(visit).now()
    work = work_of(snapshot, visit)
    if work.draft is None or work.draft.state != REVIEW:
        raise Refused("not-in-review", "Personne n’a demandé la relecture de ce texte.")
    fields = dict(_sound(visit, work, snapshot))
    if _is_translation(work, snapshot):
        if not visit.text("speaks"):
            raise Refused(
                "speaker-needed",
                "Seule une personne qui parle cette langue peut approuver.",
                "Revenez et cochez la case.",
            )
        fields["reviewed"] = {"by": visit.who.display_name, "date": clock_of(visit)().date().isoformat()}
    await drafts_of(visit).approve(work, visit.who.name, visit.text("rev"), _day(visit.text("due")), fields=fields)
    await visit.note("text-approved", work.id, writers=", ".join(work.draft.writers))
    return visit.redirect(f"/writing/{work.id}", "Le texte est approuvé : la prochaine publication le prend.")


async def send_back(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    await drafts_of(visit).send_back(work, visit.who.name, visit.text("note").strip()[:500])
    await visit.note("text-returned", work.id)
    return visit.redirect(f"/writing/{work.id}", "Le texte est renvoyé à corriger.")


async def discard(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    await drafts_of(visit).discard(work)
    await visit.note("draft-dropped", work.id)
    return visit.redirect("/writing" if work.main is None else f"/writing/{work.id}", "Le brouillon est effacé.")


async def drop_aside(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    if await drafts_of(visit).delete_aside(work, visit.text("aside")) is None:
        raise NotFound("aside-unknown", "Ce texte mis de côté n’est plus là.")
    await visit.note("text-settled", work.id)
    return visit.redirect(f"/writing/{work.id}", "Le texte mis de côté est effacé.")


async def set_due(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    due = _day(visit.text("due"))
    await drafts_of(visit).set_due_date(work, due)
    await visit.note("due-set", work.id, due=due)
    return visit.redirect(f"/writing/{work.id}", "La date est enregistrée.")


async def withdraw(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    if work.kind == "site":
        raise Refused("site-needed", "Les réglages du site ne se retirent pas.")
    await drafts_of(visit).withdraw(work)
    await visit.note("text-withdrawn", work.id)
    return visit.redirect(
        f"/writing/{work.id}", "Le document est retiré : la prochaine publication l’enlève des téléphones."
    )


async def bring_back(visit: Visit) -> Response:
    work = work_of(await workspace_of(visit).now(), visit)
    await drafts_of(visit).restore(work)
    await visit.note("text-back", work.id)
    return visit.redirect(f"/writing/{work.id}", "Le document est remis.")


def _sound(visit: Visit, work: WorkingDocument, snapshot: Snapshot) -> Any:
    """The draft's fields as the store keeps them. Raises Refused where the text cannot be published as it is."""
    if work.draft is None:
        raise NotFound("draft-unknown", "Ce document n’a pas de brouillon.")
    checked = check(work, work.draft.fields, snapshot)
    if checked.found or checked.value is None:
        raise Refused("text-unsound", "Ce texte a encore des erreurs.", "Ouvrez-le : elles y sont montrées.")
    render_preview(
        snapshot.library, assets_of(visit), work.kind, checked.value
    )  # a page over the limit is refused here, not on the day
    return checked.fields


def _is_translation(work: WorkingDocument, snapshot: Snapshot) -> bool:
    return work.kind in TEXT_KINDS and work.lang != snapshot.library.site.lang


def _day(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise BadRequest("date-form", "Cette date n’existe pas.") from None
