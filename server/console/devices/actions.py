"""Changes to phones: revoke one, cancel an unused code. Each is written to the audit log."""

from __future__ import annotations

from starlette.responses import Response

from server.console.components.decision import gone_meanwhile, require_seen
from server.console.context import ConsoleContext
from server.console.devices.views import device_page_state, invitation_page_state
from server.console.flash import FlashMessage
from server.web.app_state import clock_of, store_of
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Write
from sync.submissions.devices import get_device, revoke


async def revoke_device(context: ConsoleContext) -> Response:
    device = await get_device(store_of(context), context.param("id"))
    require_seen(context, device_page_state(context, device), "/devices")
    device = await revoke(store_of(context), device.id, clock_of(context)().date().isoformat())
    await context.record_action("device-revoked", device.name)
    return context.redirect("/devices", FlashMessage.DEVICE_REVOKED, name=device.name)


async def cancel_invitation(context: ConsoleContext) -> Response:
    """Delete an enrolment code that no phone has used."""
    id = context.text("invite")
    record = await store_of(context).get(Collection.PEOPLE, id) if id.startswith("enrolment:") else None
    if record is None or "device" in record.body:
        raise gone_meanwhile(context, context.language("Ce code n’attend plus."), "/devices")
    require_seen(context, invitation_page_state(context, record), "/devices")
    [outcome] = await store_of(context).write(Collection.PEOPLE, [Write(record.id, None, record.rev)])
    ensure_saved(outcome)
    await context.record_action("device-dropped", str(record.body["name"]))
    return context.redirect("/devices", FlashMessage.CODE_ENDED)
