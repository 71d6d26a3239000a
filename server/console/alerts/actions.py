"""What coordinators do with alerts. Each deed goes to the journal."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval, with_approval, with_schedule
from server.alerts.service import alerts_of
from server.console.alerts import alert_form
from server.console.context import ConsoleContext
from sync.alerts.check import require_sendable
from sync.content.schemas import to_fields
from sync.errors import NotFound, Refused

_COPIED_FIELDS = (
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


async def create_draft(context: ConsoleContext) -> Response:
    """A new draft: empty, from a template, or the update or cancel of one that was sent."""
    office = alerts_of(context)
    fields: dict[str, Any] = {}
    if context.text("template"):
        fields = dict((await office.drafts.get(context.text("template"))).fields)
    if context.text("sent"):
        alert = (await office.load_library()).alerts.get(context.text("sent"))
        if alert is None:
            raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
        held = to_fields("alert", alert)
        fields = {name: held[name] for name in _COPIED_FIELDS if name in held}
        fields |= {"msgType": "Cancel" if context.text("kind") == "Cancel" else "Update", "references": [alert.slug]}
        if fields["msgType"] == "Cancel":
            fields |= {"severity": "Minor", "urgency": "Past"}
    slug = f"{office.clock():%Y-%m-%d}-{secrets.token_hex(3)}"
    await office.drafts.save(AlertDraft(slug, fields, context.user.name))
    return context.redirect(f"/alerts/drafts/{slug}")


async def send_alert(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    planned = await office.drafts.get(context.param("slug"))
    alert = planned.to_alert()
    if needs_second_approval(alert) and not planned.approved_by:
        raise Refused("approval-missing", "Une deuxième personne doit approuver cette alerte.")
    await office.send(alert, context.user.name)
    await office.drafts.delete(planned)
    return context.redirect(f"/alerts/sent/{alert.slug}", "L’alerte est partie.")


async def request_approval(context: ConsoleContext) -> Response:
    """Ready, and waiting for a second person."""
    office = alerts_of(context)
    planned = await _get_checked_draft(context)
    await office.drafts.save(replace(planned, state=AlertDraftState.WAITING))
    await context.record_action("alert-asked", planned.slug)
    return context.redirect("/alerts", "L’alerte attend une deuxième personne.")


async def approve_draft(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    planned = with_approval(await _get_checked_draft(context), context.user.name)
    await office.drafts.save(planned)
    await context.record_action("alert-approved", planned.slug)
    return context.redirect(f"/alerts/drafts/{planned.slug}/check", "Vous avez approuvé cette alerte.")


async def schedule_draft(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    planned = await _get_checked_draft(context)
    library = await office.load_library()
    at = alert_form.parse_local_time(context.text("at"), alert_form.clock_country(library))
    if not at.endswith("Z") or at >= planned.to_alert().expires:
        raise Refused(
            "schedule-moment", "Ce moment n’est pas possible.", "Choisissez un moment avant la fin de l’alerte."
        )
    await office.drafts.save(with_schedule(planned, at))
    await context.record_action("alert-scheduled", planned.slug, at=at)
    return context.redirect("/alerts", "L’alerte partira à l’heure dite.")


async def save_template(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    planned = await office.drafts.get(context.param("slug"))
    fields = {name: value for name, value in planned.fields.items() if name not in ("references", "msgType", "expires")}
    await office.drafts.save(
        AlertDraft(f"modele-{secrets.token_hex(3)}", fields, context.user.name, AlertDraftState.TEMPLATE)
    )
    await context.record_action("alert-template", planned.slug)
    return context.redirect("/alerts", "Le modèle est gardé.")


async def delete_draft(context: ConsoleContext) -> Response:
    office = alerts_of(context)
    planned = await office.drafts.get(context.param("slug"))
    await office.drafts.delete(planned)
    await context.record_action("alert-dropped", planned.slug)
    return context.redirect("/alerts", "C’est effacé.")


async def _get_checked_draft(context: ConsoleContext) -> AlertDraft:
    """The draft, when nothing keeps it from being sent. Raises BadFolder."""
    office = alerts_of(context)
    planned = await office.drafts.get(context.param("slug"))
    require_sendable(planned.to_alert(), await office.load_library(), office.clock(), planned.slug)
    return planned
