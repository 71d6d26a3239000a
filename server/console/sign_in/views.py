"""Sign-in in one step (name, password, and the code for those who have one), so that no answer tells which part was wrong."""

from __future__ import annotations

import re

from starlette.responses import RedirectResponse, Response

from server.accounts.account import Account
from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.accounts.sign_in import TooManyTries
from server.console import page
from server.console.context import CONSOLE_PATH, SESSION_COOKIE, ConsoleContext
from sync.errors import Refused

_NEXT_PATH = re.compile(r"/console/[A-Za-z0-9._~:/?=&%-]*")


async def sign_in(context: ConsoleContext) -> Response:
    following = context.query("next") or context.text("next")
    following = following if _NEXT_PATH.fullmatch(following) and "//" not in following else f"{CONSOLE_PATH}/"
    if context.request.method != "POST":
        return RedirectResponse(following, 303) if context.account else _render_form(context, following)
    people = accounts_of(context)
    try:
        account = await people.authenticator.authenticate(
            context.text("name"), context.text("password"), context.text("code")
        )
    except TooManyTries as error:
        return _render_form(context, following, error, 429)
    except Refused as error:
        known = await people.accounts.find(context.text("name").strip().casefold())
        await audit_of(context).record_refusal(known.name if known else "", "sign-in", error.code)
        return _render_form(context, following, error, 422)
    await audit_of(context).record(account.name, "signed-in")
    return await start_session(context, account, RedirectResponse(following, 303))


def _render_form(context: ConsoleContext, following: str, error: Refused | None = None, status: int = 200) -> Response:
    wrong = {"": error.text(context.language)} if error else {}
    name = context.text("name") if error else ""
    return page.render(
        context,
        "sign_in/sign-in.html",
        context.language("Entrer"),
        status=status,
        following=following,
        wrong=wrong,
        name=name,
    )


async def start_session(context: ConsoleContext, account: Account, answer: Response) -> Response:
    """A new session, whatever the browser held before."""
    token = await accounts_of(context).sessions.create(account, context.request.headers.get("user-agent", ""))
    context.set_cookie(answer, SESSION_COOKIE, token)
    return answer


async def welcome(context: ConsoleContext) -> Response:
    """A one-time link: opening it changes nothing, sending the form uses it up."""
    people = accounts_of(context)
    invite = await people.invitations.get(context.param("token"))
    if context.request.method != "POST":
        return _render_welcome(context, invite.account)
    try:
        if context.text("password") != context.text("again"):
            raise Refused("password-differs", "Les deux mots de passe ne sont pas les mêmes.")
        account = await people.accept_invitation(
            invite, context.text("name").strip().casefold(), context.text("password")
        )
    except Refused as error:
        if error.code == "invite-gone":
            raise
        return _render_welcome(context, invite.account, error)
    await audit_of(context).record(account.name, "account-joined" if invite.account else "first-account")
    return await start_session(context, account, context.redirect("/", "Bienvenue, {name}.", name=account.display_name))


def _render_welcome(context: ConsoleContext, name: str, error: Refused | None = None) -> Response:
    field = "" if error is None else "name" if error.code.startswith("account") else "password"
    return page.render(
        context,
        "sign_in/welcome.html",
        context.language("Choisir un mot de passe" if name else "Le premier compte"),
        status=422 if error else 200,
        name=name or context.text("name"),
        first=not name,
        wrong={field: error.text(context.language)} if error else {},
    )


async def sign_out(context: ConsoleContext) -> Response:
    if context.session:
        await accounts_of(context).sessions.end(context.user.name, {context.session.id})
    await context.record_action("signed-out")
    answer = context.redirect("/sign-in")
    answer.delete_cookie(SESSION_COOKIE, path=CONSOLE_PATH, httponly=True, samesite="strict")
    return answer
