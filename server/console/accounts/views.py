"""Open, change and close accounts. A link to join or to choose a new password is shown once, to be handed over: there may be no mail."""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account import Account, Role
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.components.labels import ROLES
from server.console.context import CONSOLE_PATH, ConsoleContext
from sync.errors import BadRequest, Refused


def parse_role(context: ConsoleContext) -> Role:
    try:
        return Role(context.text("role"))
    except ValueError:
        raise BadRequest("role-unknown", "Ce rôle n’existe pas.") from None


async def accounts(context: ConsoleContext) -> Response:
    if context.request.method != "POST":
        return await _render_list(context)
    name = context.text("name").strip().casefold()
    try:
        token = await accounts_of(context).invite(name, parse_role(context), context.text("shown").strip()[:80])
    except Refused as error:
        return await _render_list(context, error)
    await context.record_action("account-invited", name, role=context.text("role"))
    return _render_link(context, name, token)


async def _render_list(context: ConsoleContext, error: Refused | None = None) -> Response:
    return page.render(
        context,
        "accounts/list.html",
        context.language("Comptes"),
        status=422 if error else 200,
        accounts=await accounts_of(context).accounts.all(),
        wrong={"name": error.text(context.language)} if error else {},
        roles=[(role.value, context.language(ROLES[role])) for role in Role],
    )


async def account(context: ConsoleContext) -> Response:
    return await _render_account(context, await _get_account(context))


async def _render_account(context: ConsoleContext, found: Account, error: Refused | None = None) -> Response:
    return page.render(
        context,
        "accounts/one.html",
        found.display_name,
        status=422 if error else 200,
        one=found,
        sessions=await accounts_of(context).sessions.list_for(found),
        wrong={"": error.text(context.language)} if error else {},
        roles=[(role.value, context.language(ROLES[role])) for role in Role],
    )


async def change_role(context: ConsoleContext) -> Response:
    found = await _get_account(context)
    role = parse_role(context)
    try:
        await accounts_of(context).accounts.change_role(found, role)
    except Refused as error:
        return await _render_account(context, found, error)
    await context.record_action("account-role", found.name, before=found.role.value, after=role.value)
    return context.redirect(f"/accounts/{found.name}", "Le rôle est changé.")


async def reset_password(context: ConsoleContext) -> Response:
    found = await _get_account(context)
    if found.closed:
        raise Refused("account-closed", "Ce compte est fermé.")
    token = await accounts_of(context).invitations.create(found.name)
    await context.record_action("account-reset", found.name)
    return _render_link(context, found.name, token)


async def end_sessions(context: ConsoleContext) -> Response:
    found = await _get_account(context)
    count = await accounts_of(context).sessions.end(found.name)
    await context.record_action("session-ended", found.name, count=count)
    return context.redirect(f"/accounts/{found.name}", "Les sessions sont fermées.")


async def close_account(context: ConsoleContext) -> Response:
    found = await _get_account(context)
    try:
        await accounts_of(context).accounts.close(found)
    except Refused as error:
        return await _render_account(context, found, error)
    await accounts_of(context).sessions.end(found.name)
    await accounts_of(context).invitations.revoke(found.name)
    await context.record_action("account-closed", found.name)
    return context.redirect("/accounts", "Le compte {name} est fermé.", name=found.name)


async def _get_account(context: ConsoleContext) -> Account:
    return await accounts_of(context).accounts.get(context.param("name"))


def _render_link(context: ConsoleContext, name: str, token: str) -> Response:
    address = str(context.request.url.replace(path=f"{CONSOLE_PATH}/welcome/{token}", query="", fragment=""))
    return page.render(
        context, "accounts/link.html", context.language("Le lien pour {name}", name=name), name=name, address=address
    )
