"""A browser's word that its person has a text open, or has left it; the answer names who else has."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from server.accounts.account_service import accounts_of
from server.console.context import ConsoleContext
from server.writing.presence import presence_of
from sync.errors import BadRequest

MAX_LENGTH = 200  # characters of a text's name


async def note_presence(context: ConsoleContext) -> Response:
    text = context.text("text")
    if not 0 < len(text) <= MAX_LENGTH:
        raise BadRequest("text-malformed", "Ce texte n’existe pas.")
    presence = presence_of(context)
    if context.text("left"):
        await presence.leave(context.user.name, text)
        return JSONResponse({"others": []})
    await presence.note(context.user.name, text)
    names = await presence.list_others(context.user.name, text)
    accounts = [await accounts_of(context).accounts.find(name) for name in names]
    return JSONResponse({"others": [account.display_name for account in accounts if account]})
