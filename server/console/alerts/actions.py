"""Changes to alert drafts, and sending an alert."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from server.alerts.drafts import AlertDraft, AlertDraftState, needs_second_approval, with_approval, with_schedule
from server.alerts.service import alerts_of
from server.console.alerts import alert_form, views
from server.console.components.decision import has_seen, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.web.app_state import translator_of
from sync.alerts.check import require_sendable
from sync.alerts.timestamps import format_timestamp
from sync.content.schemas import to_fields
from sync.errors import NotFound, Refused
from sync.locale import FRENCH, N_

ALL_CLEAR = N_("Le danger est passé.")
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
    """Create a draft: empty, from a template, or as update or cancellation of a sent alert."""
    service = alerts_of(context)
    fields: dict[str, Any] = {}
    if context.text("template"):
        fields = dict((await service.drafts.get(context.text("template"))).fields)
    if context.text("sent"):
        alert = (await service.load_library()).alerts.get(context.text("sent"))
        if alert is None:
            raise NotFound("alert-unknown-here", "Cette alerte n’existe pas.")
        sent_fields = to_fields("alert", alert)
        fields = {name: sent_fields[name] for name in _COPIED_FIELDS if name in sent_fields}
        fields |= {"msgType": "Cancel" if context.text("kind") == "Cancel" else "Update", "references": [alert.slug]}
        if fields["msgType"] == "Cancel":
            fields |= {"severity": "Minor", "urgency": "Past", "responseType": ["AllClear"]}
            fields["info"] = {lang: _all_clear(context, lang, texts) for lang, texts in fields["info"].items()}
    slug = f"{service.clock():%Y-%m-%d}-{secrets.token_hex(3)}"
    await service.drafts.save(AlertDraft(slug, fields, context.user.name))
    return context.redirect(f"/alerts/drafts/{slug}")


async def send_alert(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    alert = draft.to_alert()
    if needs_second_approval(alert, (await service.load_library()).alerts) and not draft.is_approved:
        raise _approval_missing()
    await service.send(alert, context.user.name)
    await service.drafts.delete(draft)
    return context.redirect(f"/alerts/sent/{alert.slug}", FlashMessage.ALERT_SENT)


async def request_approval(context: ConsoleContext) -> Response:
    """Mark a complete draft as waiting for a second person."""
    service = alerts_of(context)
    draft = await _get_checked_draft(context)
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    await service.drafts.save(replace(draft, state=AlertDraftState.WAITING))
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
    draft = with_approval(draft, context.user.name)
    await service.drafts.save(draft)
    await context.record_action("alert-approved", draft.slug, text=draft.fingerprint[:12])
    return context.redirect(f"/alerts/drafts/{draft.slug}/check", FlashMessage.ALERT_APPROVED)


async def schedule_draft(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await _get_checked_draft(context)
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    library = await service.load_library()
    if needs_second_approval(draft.to_alert(), library.alerts) and not draft.is_approved:
        raise _approval_missing()
    send_time = alert_form.parse_local_time(context.text("at"), alert_form.clock_country(library))
    if not send_time.endswith("Z") or not format_timestamp(service.clock()) < send_time < draft.to_alert().expires:
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
    fields = {name: value for name, value in draft.fields.items() if name not in ("references", "msgType", "expires")}
    await service.drafts.save(
        AlertDraft(f"modele-{secrets.token_hex(3)}", fields, context.user.name, AlertDraftState.TEMPLATE)
    )
    await context.record_action("alert-template", draft.slug)
    return context.redirect("/alerts", FlashMessage.TEMPLATE_SAVED)


async def delete_draft(context: ConsoleContext) -> Response:
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    require_seen(context, draft.fingerprint)
    await service.drafts.delete(draft)
    await context.record_action("alert-dropped", draft.slug)
    return context.redirect("/alerts", FlashMessage.DELETED)


async def _get_checked_draft(context: ConsoleContext) -> AlertDraft:
    """The draft that the address names. Raises NotFound, or BadFolder when it cannot be sent."""
    service = alerts_of(context)
    draft = await service.drafts.get(context.param("slug"))
    require_sendable(draft.to_alert(), await service.load_library(), service.clock(), draft.slug)
    return draft


def _all_clear(context: ConsoleContext, lang: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of a Cancel: what has ended, and where; the reason is filled in where the site has it in this language."""
    kept = {name: texts[name] for name in ("headline", "event", "areaDesc") if texts.get(name)}
    language = translator_of(context).language_of(lang)
    is_translated = lang == FRENCH or ALL_CLEAR in language.texts
    return kept | ({"description": language(ALL_CLEAR)} if is_translated else {})


def _approval_missing() -> Refused:
    return Refused("approval-missing", "Une deuxième personne doit approuver cette alerte.")
