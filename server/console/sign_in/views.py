"""Sign-in in one step (name, password, and the code for those who have one), so that no answer tells which part was wrong."""

from __future__ import annotations

import re

from starlette.responses import RedirectResponse, Response

from server.accounts.account import Account
from server.accounts.audit import audit_of
from server.accounts.people import accounts_of
from server.accounts.sign_in import TooManyTries
from server.console import page
from server.console.context import COOKIE, PATH, Visit
from sync.errors import Refused

_NEXT = re.compile(r"/console/[A-Za-z0-9._~:/?=&%-]*")


async def sign_in(visit: Visit) -> Response:
    following = visit.query("next") or visit.text("next")
    following = following if _NEXT.fullmatch(following) and "//" not in following else f"{PATH}/"
    if visit.request.method != "POST":
        return RedirectResponse(following, 303) if visit.account else _form(visit, following)
    people = accounts_of(visit)
    try:
        account = await people.sign_in.check(visit.text("name"), visit.text("password"), visit.text("code"))
    except TooManyTries as error:
        return _form(visit, following, error, 429)
    except Refused as error:
        known = await people.accounts.find(visit.text("name").strip().casefold())
        await audit_of(visit).record_refusal(known.name if known else "", "sign-in", error.code)
        return _form(visit, following, error, 422)
    await audit_of(visit).record(account.name, "signed-in")
    return await let_in(visit, account, RedirectResponse(following, 303))


def _form(visit: Visit, following: str, error: Refused | None = None, status: int = 200) -> Response:
    wrong = {"": error.text(visit.language)} if error else {}
    name = visit.text("name") if error else ""
    return page.show(
        visit,
        "sign_in/sign-in.html",
        visit.language("Entrer"),
        status=status,
        following=following,
        wrong=wrong,
        name=name,
    )


async def let_in(visit: Visit, account: Account, answer: Response) -> Response:
    """A new session, whatever the browser held before."""
    token = await accounts_of(visit).sessions.create(account, visit.request.headers.get("user-agent", ""))
    visit.set_cookie(answer, COOKIE, token)
    return answer


async def welcome(visit: Visit) -> Response:
    """A one-time link: opening it changes nothing, sending the form uses it up."""
    people = accounts_of(visit)
    invite = await people.invites.read(visit.param("token"))
    if visit.request.method != "POST":
        return _welcome(visit, invite.account)
    try:
        if visit.text("password") != visit.text("again"):
            raise Refused("password-differs", "Les deux mots de passe ne sont pas les mêmes.")
        account = await people.join(invite, visit.text("name").strip().casefold(), visit.text("password"))
    except Refused as error:
        if error.code == "invite-gone":
            raise
        return _welcome(visit, invite.account, error)
    await audit_of(visit).record(account.name, "account-joined" if invite.account else "first-account")
    return await let_in(visit, account, visit.redirect("/", "Bienvenue, {name}.", name=account.display_name))


def _welcome(visit: Visit, name: str, error: Refused | None = None) -> Response:
    field = "" if error is None else "name" if error.code.startswith("account") else "password"
    return page.show(
        visit,
        "sign_in/welcome.html",
        visit.language("Choisir un mot de passe" if name else "Le premier compte"),
        status=422 if error else 200,
        name=name or visit.text("name"),
        first=not name,
        wrong={field: error.text(visit.language)} if error else {},
    )


async def sign_out(visit: Visit) -> Response:
    if visit.session:
        await accounts_of(visit).sessions.end(visit.who.name, {visit.session.id})
    await visit.note("signed-out")
    answer = visit.redirect("/sign-in")
    answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
    return answer
