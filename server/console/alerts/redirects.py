"""The address of an alert by its slug, whatever became of it since: leads to the page of what was sent, else to the
draft. The journal's rows link here.
"""

from __future__ import annotations

from starlette.responses import Response

from server.alerts.service import alerts_of
from server.console.context import ConsoleContext


async def open_alert(context: ConsoleContext) -> Response:
    """Redirect to the sent alert or to the check of its draft. Raises NotFound for one that was deleted."""
    service, slug = alerts_of(context), context.param("slug")
    if slug in (await service.load_library()).alerts:
        return context.redirect(f"/alerts/sent/{slug}")
    draft = await service.drafts.get(slug)
    return context.redirect(f"/alerts/drafts/{draft.slug}/check")
