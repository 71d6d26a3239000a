"""Changes to alert drafts, and sending an alert."""

from __future__ import annotations

import secrets
from dataclasses import replace

from starlette.responses import Response

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval, with_approval, with_schedule
from server.alerts.service import alerts_of
from server.console.alerts import alert_form, views
from server.console.components.decision import has_seen
from server.console.components.local_time import clock_country, find_clock_change, parse_local_time
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from sync.alerts.check import require_sendable
from sync.alerts.timestamps import is_between, parse_timestamp
from sync.errors import Refused


async def send_alert(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    return await _send(context, draft)


async def request_approval(context: ConsoleContext) -> Response:
    """Mark a complete draft as waiting for a second person."""
    service = alerts_of(context)
    draft = await _get_checked_draft(context)
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    by = draft.by or context.user.name  # whoever asks answers for a text that a feed brought
    await service.drafts.save(replace(draft, state=AlertDraftState.WAITING, by=by, declined_by=""))
    await context.record_action("alert-asked", draft.slug, text=draft.fingerprint[:12])
    return context.redirect("/alerts", FlashMessage.ALERT_WAITS)


async def approve_draft(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await _get_checked_draft(context)
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    if draft.state is not AlertDraftState.WAITING:
        raise Refused(
            "approval-not-asked",
            "Personne ne demande d’approuver ce texte : il n’est peut-être pas fini.",
            "Parlez-en à la personne qui l’écrit.",
        )
    draft = await service.drafts.save(with_approval(draft, context.user.name))
    await context.record_action("alert-approved", draft.slug, text=draft.fingerprint[:12])
    if context.text("then") == "send":  # the writer asked for it, and this person has just read the text
        return await _send(context, draft)
    return context.redirect(f"/alerts/drafts/{draft.slug}/check", FlashMessage.ALERT_APPROVED)


async def schedule_draft(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await _get_checked_draft(context)
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    library = await service.load_library()
    if needs_second_approval(draft.to_alert(), library.alerts) and not draft.is_approved:
        raise _approval_missing()
    send_time = parse_local_time(context.text("at"), clock_country(library))
    if refusal := find_clock_change(context.text("at"), clock_country(library)):
        raise refusal
    if not is_between(send_time, service.clock(), parse_timestamp(draft.to_alert().expires)):
        raise Refused(
            "schedule-moment",
            "Ce moment n’est pas possible.",
            "Choisissez un moment à venir, avant la fin de l’alerte.",
        )
    await service.drafts.save(with_schedule(draft, send_time))
    await context.record_action("alert-scheduled", draft.slug, at=send_time, text=draft.fingerprint[:12])
    return context.redirect("/alerts", FlashMessage.ALERT_SCHEDULED)


async def save_template(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    fields = {name: value for name, value in draft.fields.items() if name not in (*alert_form.KEPT_FIELDS, "expires")}
    await service.drafts.save(
        AlertDraft(f"modele-{secrets.token_hex(3)}", fields, context.user.name, AlertDraftState.TEMPLATE)
    )
    await context.record_action("alert-template", draft.slug)
    return context.redirect("/alerts", FlashMessage.TEMPLATE_SAVED)


async def delete_draft(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    await service.drafts.delete(draft)
    await context.record_action("alert-dropped", draft.slug)
    return context.redirect("/alerts", FlashMessage.DELETED)


async def _send(context: ConsoleContext, draft: AlertDraft) -> Response:
    service = alerts_of(context)
    alert = draft.to_alert()
    if needs_second_approval(alert, (await service.load_library()).alerts) and not draft.is_approved:
        raise _approval_missing()
    await service.send(alert, context.user.name, draft.begun)
    await service.drafts.finish(draft)
    return context.redirect(f"/alerts/sent/{alert.slug}", FlashMessage.ALERT_SENT)


async def _get_checked_draft(context: ConsoleContext) -> AlertDraft:
    """The draft that the address names. Raises NotFound, or BadFolder when it cannot be sent."""
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    require_sendable(draft.to_alert(), await service.load_library(), service.clock(), draft.slug)
    return draft


def _approval_missing() -> Refused:
    return Refused(
        "approval-missing", "Une deuxième personne doit approuver cette alerte.", "Demandez-lui de l’ouvrir."
    )
