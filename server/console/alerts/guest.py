"""The second person from another organisation: the link for one alert, and the page that it opens.

The page shows the whole alert in all its forms; the guest approves the text that stands on it, or not, and has no
other right. Called without a session.
"""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.audit import audit_of
from server.alerts.drafts import AlertDraftState
from server.alerts.guest_approvals import GuestInvitations, guest_link_gone, with_guest_decision
from server.alerts.service import alerts_of
from server.console import page
from server.console.alerts import views
from server.console.components.decision import has_seen
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.web.app_state import clock_of, store_of
from server.web.site_origin import site_origin_of
from sync.alerts.check import require_sendable
from sync.errors import NotFound, Refused


def guests_of(context: ConsoleContext) -> GuestInvitations:
    return GuestInvitations(store_of(context), clock_of(context))


async def invite_guest(context: ConsoleContext) -> Response:
    """Make a link for a draft that waits, and show it once."""
    draft = await alerts_of(context).drafts.get(context.param("slug"))
    if not has_seen(context, draft.fingerprint):
        return await views.changed_draft(context, draft)
    if draft.state is not AlertDraftState.WAITING:
        raise Refused("approval-not-asked-first", "Demandez d’abord l’accord d’une deuxième personne.")
    name = context.text("guest")
    token = await guests_of(context).create(draft, name, context.user.name)
    await context.record_action("alert-guest-invited", draft.slug, guest=name[:80], text=draft.fingerprint[:12])
    return page.render(
        context,
        "alerts/guest-link.html",
        context.language("Lien pour une personne"),
        name=name,
        draft=draft,
        address=f"{site_origin_of(context).console_url}{CONSOLE_PATH}/alerts/guest/{token}",
    )


async def guest_page(context: ConsoleContext) -> Response:
    """The alert that a link names; a POST records the guest's decision about the text that the page showed."""
    service = alerts_of(context)
    invitation = await guests_of(context).get(context.param("token"))
    try:
        draft = await service.drafts.get(invitation.draft)
    except NotFound as error:
        raise guest_link_gone() from error
    if context.request.method != "POST":
        return await views.render_for_guest(context, draft, invitation)
    if not has_seen(context, draft.fingerprint):
        return await views.render_for_guest(context, draft, invitation, has_changed=True)
    approves = context.text("decision") == "approve"
    if approves:
        require_sendable(draft.to_alert(), await service.load_library(), service.clock(), draft.slug)
    decided = with_guest_decision(draft, invitation, approves=approves)
    await guests_of(context).redeem(invitation)
    await service.drafts.save(decided)
    await audit_of(context).record(
        invitation.by,
        "alert-guest-approved" if approves else "alert-guest-declined",
        draft.slug,
        guest=invitation.name,
        text=draft.fingerprint[:12],
    )
    return page.render(
        context, "alerts/guest-thanks.html", context.language("Merci"), approves=approves, by=invitation.by
    )
