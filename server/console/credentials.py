"""Credentials given again by a signed-in person, in fields that `components/credentials.html` draws.

Routes with `needs_fresh_sign_in` ask for them when the last time was too long ago; a person's own pages ask always.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from server.accounts.account_service import accounts_of
from server.accounts.audit import audit_of
from server.accounts.passkey_response import read_passkey_response
from server.accounts.relying_party import RelyingParty, find_relying_party
from server.accounts.second_factor import SecondFactorProof
from server.accounts.second_factor_settings import ConfirmedIdentity
from server.console import page
from server.console.context import CONSOLE_PATH, ConsoleContext
from server.web.site_origin import parse_host, site_origin_of
from sync.errors import Refused

PASSWORD_FIELD = "password-now"  # noqa: S105  (a field's name)
CODE_FIELD = "code-now"
PASSKEY_FIELD = "passkey-now"
_FIELDS = (PASSWORD_FIELD, CODE_FIELD, PASSKEY_FIELD, "username", "csrf")


def relying_party_of(context: ConsoleContext) -> RelyingParty | None:
    """The console's relying party; None where browsers allow no passkeys."""
    site_origin = site_origin_of(context)
    host = parse_host(context.request.headers.get("host", ""))
    return find_relying_party(site_origin.console or site_origin.site, host)


def require_relying_party(context: ConsoleContext) -> RelyingParty:
    """Raises Refused where browsers allow no passkeys."""
    party = relying_party_of(context)
    if party is None:
        raise Refused(
            "passkey-nowhere", "Les clés d’accès demandent une adresse https.", "Prenez un code, ou un code de secours."
        )
    return party


def read_proof(context: ConsoleContext, code: str, passkey: str, binding: str) -> SecondFactorProof:
    """The second factor in the fields `code` and `passkey`, its challenge bound to `binding`."""
    party = relying_party_of(context)
    text = context.text(passkey)
    response = read_passkey_response(text, binding, party) if text and party else None
    return SecondFactorProof(context.text(code), response)


async def confirm_identity(context: ConsoleContext) -> ConfirmedIdentity:
    """The signed-in person, confirmed by the form's credentials, in a session with a new token.

    Raises Refused, which the journal notes.
    """
    proof = read_proof(context, CODE_FIELD, PASSKEY_FIELD, context.session.id if context.session else "")
    try:
        identity = await accounts_of(context).confirm_identity(context.user, context.text(PASSWORD_FIELD), proof)
    except Refused as error:
        await audit_of(context).record_refusal(context.user.name, context.request.scope["path"], error.code)
        raise
    await context.renew_session()
    return identity


async def ask_credentials(context: ConsoleContext) -> Response | None:
    """A page that asks for the credentials and posts the same form again; None once the session is fresh.

    The form's fields go along as hidden ones. Files would not, so routes that take files cannot ask. A page opened by
    GET is asked for at /sign-in/again, which leads back to it.
    """
    sessions = accounts_of(context).sessions
    if context.session is None or sessions.is_fresh(context.session):
        return None
    if context.request.method != "POST":
        return RedirectResponse(f"{CONSOLE_PATH}/sign-in/again?next={quote(_address(context))}", 303)
    error = None
    if context.text(PASSWORD_FIELD):
        try:
            await confirm_identity(context)
        except Refused as refusal:
            error = refusal
        else:
            return None
    return render_question(context, error)


def render_question(context: ConsoleContext, error: Refused | None = None) -> Response:
    """The page that asks; its form goes to the address of the request, with the fields that came with it."""
    return page.render(
        context,
        "components/credentials-page.html",
        context.language("Encore votre mot de passe"),
        status=422 if error else 200,
        fields=[
            (name, value)
            for name, value in context.form.multi_items()
            if name not in _FIELDS and isinstance(value, str)
        ],
        action=_address(context),
        wrong={PASSWORD_FIELD: error.text(context.language)} if error else {},
    )


def _address(context: ConsoleContext) -> str:
    query = context.request.scope["query_string"].decode("latin-1")
    return str(context.request.scope["path"]) + (f"?{query}" if query else "")
