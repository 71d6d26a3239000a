"""Changes to phones: revoke one, cancel an unused code. Each is written to the audit log."""

from __future__ import annotations

from starlette.responses import Response

from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.web.app_state import clock_of, store_of
from sync.errors import NotFound
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Write
from sync.submissions.devices import revoke


async def revoke_device(context: ConsoleContext) -> Response:
    device = await revoke(store_of(context), context.param("id"), clock_of(context)().date().isoformat())
    await context.record_action("device-revoked", device.name)
    return context.redirect("/devices", FlashMessage.DEVICE_REVOKED, name=device.name)


async def cancel_invitation(context: ConsoleContext) -> Response:
    """Delete an enrolment code that no phone has used. Raises NotFound for any other record."""
    record = await store_of(context).get(Collection.PEOPLE, context.text("invite"))
    if record is None or not record.id.startswith("enrolment:") or "device" in record.body:
        raise NotFound("invite-unknown", "Ce code n’attend plus.")
    [outcome] = await store_of(context).write(Collection.PEOPLE, [Write(record.id, None, record.rev)])
    ensure_saved(outcome)
    await context.record_action("device-dropped", str(record.body["name"]))
    return context.redirect("/devices", FlashMessage.CODE_ENDED)
