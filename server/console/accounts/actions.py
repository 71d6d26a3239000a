"""Changes to one account: role, password, sessions, closing. Each is written to the audit log."""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.console.accounts.views import get_seen_account, parse_role, render_account, render_link
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from sync.errors import Refused


async def change_role(context: ConsoleContext) -> Response:
    account = await get_seen_account(context)
    role = parse_role(context)
    try:
        await accounts_of(context).accounts.change_role(account, role)
    except Refused as error:
        return await render_account(context, account, error)
    await context.record_action("account-role", account.name, before=account.role.value, after=role.value)
    return context.redirect(f"/accounts/{account.name}", FlashMessage.ROLE_CHANGED)


async def reset_password(context: ConsoleContext) -> Response:
    account = await get_seen_account(context)
    if account.closed:
        raise Refused("account-closed", "Ce compte est fermé.", "Demandez à la personne qui administre le site.")
    if account.name == context.user.name:  # the link would remove the second factor without asking for it
        raise Refused("account-own", "C’est votre propre compte.", "Changez le mot de passe dans « Mon compte ».")
    token = await accounts_of(context).invitations.create(account.name)
    await context.record_action("account-reset", account.name)
    return render_link(context, account.name, token)


async def end_sessions(context: ConsoleContext) -> Response:
    account = await get_seen_account(context)
    count = await accounts_of(context).sessions.end(account.name)
    await context.record_action("session-ended", account.name, count=count)
    return context.redirect(f"/accounts/{account.name}", FlashMessage.SESSIONS_ENDED)


async def close_account(context: ConsoleContext) -> Response:
    account = await get_seen_account(context)
    try:
        await accounts_of(context).accounts.close(account)
    except Refused as error:
        return await render_account(context, account, error)
    await accounts_of(context).sessions.end(account.name)
    await accounts_of(context).invitations.revoke(account.name)
    await context.record_action("account-closed", account.name)
    return context.redirect("/accounts", FlashMessage.ACCOUNT_CLOSED, name=account.name)
