"""Sign-out, which ends the session of this browser. Written to the audit log."""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.console.context import SESSION_COOKIE, ConsoleContext


async def sign_out(context: ConsoleContext) -> Response:
    if context.session:
        await accounts_of(context).sessions.end(context.user.name, {context.session.id})
    await context.record_action("signed-out")
    response = context.redirect("/sign-in")
    context.delete_cookie(response, SESSION_COOKIE)
    return response
