"""What coordinators do with alerts. Each deed goes to the journal."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval, with_approval, with_schedule
from server.alerts.service import alerts_of
from server.console.alerts import alert_form
from server.console.context import Visit
from sync.alerts.check import require_sendable
from sync.content.schemas import to_fields
from sync.errors import NotFound, Refused

_COPIED = (
    "category",
    "urgency",
    "severity",
    "certainty",
    "status",
    "responseType",
    "geocode",
    "topic",
    "info",
    "expires",
)


async def begin(visit: Visit) -> Response:
    """A new draft: empty, from a template, or the update or cancel of one that was sent."""
    office = alerts_of(visit)
    fields: dict[str, Any] = {}
    if visit.text("template"):
        fields = dict((await office.plans.get(visit.text("template"))).fields)
    if visit.text("sent"):
        alert = (await office.library()).alerts.get(visit.text("sent"))
        if alert is None:
            raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
        held = to_fields("alert", alert)
        fields = {name: held[name] for name in _COPIED if name in held}
        fields |= {"msgType": "Cancel" if visit.text("kind") == "Cancel" else "Update", "references": [alert.slug]}
        if fields["msgType"] == "Cancel":
            fields |= {"severity": "Minor", "urgency": "Past"}
    slug = f"{office.clock():%Y-%m-%d}-{secrets.token_hex(3)}"
    await office.plans.keep(AlertDraft(slug, fields, visit.who.name))
    return visit.redirect(f"/alerts/drafts/{slug}")


async def send(visit: Visit) -> Response:
    office = alerts_of(visit)
    planned = await office.plans.get(visit.param("slug"))
    alert = planned.alert()
    if needs_second_approval(alert) and not planned.approved_by:
        raise Refused("approval-missing", "Une deuxième personne doit approuver cette alerte.")
    await office.send(alert, visit.who.name)
    await office.plans.drop(planned)
    return visit.redirect(f"/alerts/sent/{alert.slug}", "L’alerte est partie.")


async def ask(visit: Visit) -> Response:
    """Ready, and waiting for a second person."""
    office = alerts_of(visit)
    planned = await _checked(visit)
    await office.plans.keep(replace(planned, state=AlertDraftState.WAITING))
    await visit.note("alert-asked", planned.slug)
    return visit.redirect("/alerts", "L’alerte attend une deuxième personne.")


async def approve(visit: Visit) -> Response:
    office = alerts_of(visit)
    planned = with_approval(await _checked(visit), visit.who.name)
    await office.plans.keep(planned)
    await visit.note("alert-approved", planned.slug)
    return visit.redirect(f"/alerts/drafts/{planned.slug}/check", "Vous avez approuvé cette alerte.")


async def schedule(visit: Visit) -> Response:
    office = alerts_of(visit)
    planned = await _checked(visit)
    library = await office.library()
    at = alert_form.moment_typed(visit.text("at"), alert_form.country_of(library))
    if not at.endswith("Z") or at >= planned.alert().expires:
        raise Refused(
            "schedule-moment", "Ce moment n’est pas possible.", "Choisissez un moment avant la fin de l’alerte."
        )
    await office.plans.keep(with_schedule(planned, at))
    await visit.note("alert-scheduled", planned.slug, at=at)
    return visit.redirect("/alerts", "L’alerte partira à l’heure dite.")


async def keep_template(visit: Visit) -> Response:
    office = alerts_of(visit)
    planned = await office.plans.get(visit.param("slug"))
    fields = {name: value for name, value in planned.fields.items() if name not in ("references", "msgType", "expires")}
    await office.plans.keep(
        AlertDraft(f"modele-{secrets.token_hex(3)}", fields, visit.who.name, AlertDraftState.TEMPLATE)
    )
    await visit.note("alert-template", planned.slug)
    return visit.redirect("/alerts", "Le modèle est gardé.")


async def drop(visit: Visit) -> Response:
    office = alerts_of(visit)
    planned = await office.plans.get(visit.param("slug"))
    await office.plans.drop(planned)
    await visit.note("alert-dropped", planned.slug)
    return visit.redirect("/alerts", "C’est effacé.")


async def _checked(visit: Visit) -> AlertDraft:
    """The draft, when nothing keeps it from being sent. Raises BadFolder."""
    office = alerts_of(visit)
    planned = await office.plans.get(visit.param("slug"))
    require_sendable(planned.alert(), await office.library(), office.clock(), planned.slug)
    return planned
