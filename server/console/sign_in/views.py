"""Pages without a session: sign-in, and the one-time link that sets a password.

Sign-in takes name, password and code or passkey in one step, so that no answer reveals which of them was wrong.
"""

from __future__ import annotations

import re
import secrets

from starlette.responses import JSONResponse, RedirectResponse, Response

from server.accounts.account import Account
from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.accounts.known_browser import LIFETIME as KNOWN_BROWSER_LIFETIME
from server.accounts.sign_in import TooManyTries
from server.console import page
from server.console.context import BROWSER_COOKIE, CONSOLE_PATH, ConsoleContext
from server.console.credentials import (
    ask_credentials,
    read_proof,
    relying_party_of,
    render_question,
    require_relying_party,
)
from server.console.flash import FlashMessage
from server.web.sender_network import sender_network
from sync.errors import KunnafoniError, Refused, Unavailable

PASSKEY_COOKIE = "kunnafoni-passkey"
PASSKEY_COOKIE_AGE = 600  # seconds: longer than a challenge is valid
_BINDING = re.compile(r"[A-Za-z0-9_-]{43}")
_NEXT_PATH = re.compile(r"/console/[A-Za-z0-9._~:/?=&%-]*")


async def sign_in(context: ConsoleContext) -> Response:
    """The form; a POST starts a session and leads to `next`, if that is an address of the console."""
    next_path = _next_path(context)
    if context.request.method != "POST":
        return RedirectResponse(next_path, 303) if context.account else _render_form(context, next_path)
    service = accounts_of(context)
    try:
        account = await service.authenticator.authenticate(
            context.text("name"),
            context.text("password"),
            read_proof(context, "code", "passkey", context.read_cookie(PASSKEY_COOKIE)),
            context.read_cookie(BROWSER_COOKIE),
            sender_network(context.request.scope),
        )
    except TooManyTries as error:
        return _render_form(context, next_path, error, 429)
    except Unavailable as error:
        return _render_form(context, next_path, error, 503)
    except Refused as error:
        account_or_none = await service.accounts.find(context.text("name").strip().casefold())
        audit_of(context).count_refusal(account_or_none.name if account_or_none else "", "sign-in", error.code)
        return _render_form(context, next_path, error, 422)
    await audit_of(context).record(account.name, "signed-in")
    return await start_session(context, account, RedirectResponse(next_path, 303))


def _next_path(context: ConsoleContext) -> str:
    """The console's address that the request names as the next one, or the home page."""
    path = context.query("next") or context.text("next")
    return path if _NEXT_PATH.fullmatch(path) and "//" not in path else f"{CONSOLE_PATH}/"


async def passkey_options(context: ConsoleContext) -> Response:
    """Options for a passkey at sign-in, the same for every account; a cookie binds their challenge to this browser."""
    party = require_relying_party(context)
    binding = context.read_cookie(PASSKEY_COOKIE)
    if not _BINDING.fullmatch(binding):
        binding = secrets.token_urlsafe(32)
    response = JSONResponse(await accounts_of(context).passkeys.assertion_options(binding, party))
    context.set_cookie(response, PASSKEY_COOKIE, binding, max_age=PASSKEY_COOKIE_AGE)
    return response


async def sign_in_again(context: ConsoleContext) -> Response:
    """The question for a page that needs a fresh sign-in; a POST leads back to it."""
    if context.request.method != "POST":
        return render_question(context)
    return await ask_credentials(context) or RedirectResponse(_next_path(context), 303)


def _render_form(
    context: ConsoleContext, next_path: str, error: KunnafoniError | None = None, status: int = 200
) -> Response:
    wrong = {"": error.text(context.language)} if error else {}
    name = context.text("name") if error else ""
    return page.render(
        context,
        "sign_in/sign-in.html",
        context.language("Entrer"),
        status=status,
        next_path=next_path,
        wrong=wrong,
        name=name,
        allows_passkeys=relying_party_of(context) is not None,
    )


async def start_session(context: ConsoleContext, account: Account, response: Response) -> Response:
    """Start a new session and set its cookie, and the one by which the next sign-in knows this browser.

    A session cookie that the browser sent is ignored.
    """
    service = accounts_of(context)
    token = await service.sessions.create(account, context.request.headers.get("user-agent", ""))
    context.set_session(token)
    browser = service.remember_browser(context.read_cookie(BROWSER_COOKIE), account)
    context.set_cookie(response, BROWSER_COOKIE, browser, max_age=KNOWN_BROWSER_LIFETIME)
    return response


async def welcome(context: ConsoleContext) -> Response:
    """A one-time link: opening it changes nothing; a POST sets the password, uses the link up and signs in."""
    service = accounts_of(context)
    invitation = await service.invitations.get(context.param("token"))
    if context.request.method != "POST":
        return _render_welcome(context, invitation.account)
    try:
        if context.text("password") != context.text("again"):
            raise Refused(
                "password-differs", "Les deux mots de passe ne sont pas les mêmes.", "Écrivez-les de nouveau."
            )
        account = await service.accept_invitation(
            invitation, context.text("name").strip().casefold(), context.text("password")
        )
    except Refused as error:
        if error.code == "invitation-gone":
            raise
        return _render_welcome(context, invitation.account, error)
    await audit_of(context).record(account.name, "account-joined" if invitation.account else "first-account")
    return await start_session(context, account, context.redirect("/", FlashMessage.WELCOME, name=account.display_name))


def _render_welcome(context: ConsoleContext, name: str, error: Refused | None = None) -> Response:
    field = "" if error is None else "name" if error.code.startswith("account") else "password"
    return page.render(
        context,
        "sign_in/welcome.html",
        context.language("Choisir un mot de passe" if name else "Le premier compte"),
        status=422 if error else 200,
        name=name or context.text("name"),
        is_first=not name,
        wrong={field: error.text(context.language)} if error else {},
    )
