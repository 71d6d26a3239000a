"""Open, change and close accounts. A link to join or to choose a new password is shown once, to be handed over: there may be no mail."""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account import Account, Role
from server.accounts.people import accounts_of
from server.console import page
from server.console.components.labels import ROLES
from server.console.context import PATH, Visit
from sync.errors import BadRequest, Refused


def role_of(visit: Visit) -> Role:
    try:
        return Role(visit.text("role"))
    except ValueError:
        raise BadRequest("role-unknown", "Ce rôle n’existe pas.") from None


async def accounts(visit: Visit) -> Response:
    if visit.request.method != "POST":
        return await _list(visit)
    name = visit.text("name").strip().casefold()
    try:
        token = await accounts_of(visit).invite(name, role_of(visit), visit.text("shown").strip()[:80])
    except Refused as error:
        return await _list(visit, error)
    await visit.note("account-invited", name, role=visit.text("role"))
    return _link(visit, name, token)


async def _list(visit: Visit, error: Refused | None = None) -> Response:
    return page.show(
        visit,
        "accounts/list.html",
        visit.language("Comptes"),
        status=422 if error else 200,
        accounts=await accounts_of(visit).accounts.all(),
        wrong={"name": error.text(visit.language)} if error else {},
        roles=[(role.value, visit.language(ROLES[role])) for role in Role],
    )


async def account(visit: Visit) -> Response:
    return await _one(visit, await _named(visit))


async def _one(visit: Visit, found: Account, error: Refused | None = None) -> Response:
    return page.show(
        visit,
        "accounts/one.html",
        found.display_name,
        status=422 if error else 200,
        one=found,
        sessions=await accounts_of(visit).sessions.list_for(found),
        wrong={"": error.text(visit.language)} if error else {},
        roles=[(role.value, visit.language(ROLES[role])) for role in Role],
    )


async def change_role(visit: Visit) -> Response:
    found = await _named(visit)
    role = role_of(visit)
    try:
        await accounts_of(visit).accounts.change_role(found, role)
    except Refused as error:
        return await _one(visit, found, error)
    await visit.note("account-role", found.name, before=found.role.value, after=role.value)
    return visit.redirect(f"/accounts/{found.name}", "Le rôle est changé.")


async def reset(visit: Visit) -> Response:
    found = await _named(visit)
    if found.closed:
        raise Refused("account-closed", "Ce compte est fermé.")
    token = await accounts_of(visit).invites.make(found.name)
    await visit.note("account-reset", found.name)
    return _link(visit, found.name, token)


async def end_sessions(visit: Visit) -> Response:
    found = await _named(visit)
    count = await accounts_of(visit).sessions.end(found.name)
    await visit.note("session-ended", found.name, count=count)
    return visit.redirect(f"/accounts/{found.name}", "Les sessions sont fermées.")


async def close(visit: Visit) -> Response:
    found = await _named(visit)
    try:
        await accounts_of(visit).accounts.close(found)
    except Refused as error:
        return await _one(visit, found, error)
    await accounts_of(visit).sessions.end(found.name)
    await accounts_of(visit).invites.end(found.name)
    await visit.note("account-closed", found.name)
    return visit.redirect("/accounts", "Le compte {name} est fermé.", name=found.name)


async def _named(visit: Visit) -> Account:
    return await accounts_of(visit).accounts.get(visit.param("name"))


def _link(visit: Visit, name: str, token: str) -> Response:
    address = str(visit.request.url.replace(path=f"{PATH}/welcome/{token}", query="", fragment=""))
    return page.show(
        visit, "accounts/link.html", visit.language("Le lien pour {name}", name=name), name=name, address=address
    )
