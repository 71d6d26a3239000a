"""Pages of the person's passkeys: add one, see and remove one.

Both changes take the password, and the second factor if there is one; they end the person's other sessions.
"""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from server.accounts.account_service import accounts_of
from server.accounts.passkey import MAX_NAME_LENGTH
from server.accounts.passkey_response import read_passkey_response
from server.console import page
from server.console.context import ConsoleContext
from server.console.credentials import PASSWORD_FIELD, confirm_identity, relying_party_of, require_relying_party
from server.console.flash import FlashMessage
from server.console.profile.page_state import profile_page_state, require_seen_profile
from server.console.profile.second_factor import record_change, render_recovery_codes
from sync.errors import NotFound, Refused


async def add_passkey(context: ConsoleContext) -> Response:
    """The form; a POST with the browser's response adds the passkey, and shows recovery codes with the first one."""
    party = require_relying_party(context)
    if context.request.method != "POST":
        return _render_form(context)
    require_seen_profile(context)
    response = read_passkey_response(context.text("passkey-new"), _session_id(context), party)
    try:
        identity = await confirm_identity(context)
        _, codes = await accounts_of(context).second_factor.add_passkey(identity, response, context.text("name"))
    except Refused as error:
        return _render_form(context, error)
    await record_change(context, "passkey-added")
    if codes:
        return render_recovery_codes(context, codes)
    return context.redirect("/me", FlashMessage.PASSKEY_SAVED)


async def passkey(context: ConsoleContext) -> Response:
    """One passkey with the form to remove it; a POST with the credentials removes it."""
    if context.request.method != "POST":
        return _render_passkey(context)
    require_seen_profile(context)
    try:
        identity = await confirm_identity(context)
        await accounts_of(context).second_factor.remove_passkey(identity, context.param("id"))
    except NotFound:
        raise
    except Refused as error:
        return _render_passkey(context, error)
    await record_change(context, "passkey-removed")
    return context.redirect("/me", FlashMessage.PASSKEY_REMOVED)


async def registration_options(context: ConsoleContext) -> Response:
    """Options for a new passkey of this session's person."""
    party = require_relying_party(context)
    passkeys = accounts_of(context).passkeys
    return JSONResponse(await passkeys.registration_options(context.user, _session_id(context), party))


async def assertion_options(context: ConsoleContext) -> Response:
    """Options for a passkey that confirms who uses this session."""
    party = require_relying_party(context)
    return JSONResponse(await accounts_of(context).passkeys.assertion_options(_session_id(context), party))


def _session_id(context: ConsoleContext) -> str:
    return context.session.id if context.session else ""


def _render_form(context: ConsoleContext, error: Refused | None = None) -> Response:
    field = PASSWORD_FIELD if error and error.code in ("password-wrong", "identity-wrong", "sign-in-wait") else ""
    return page.render(
        context,
        "profile/passkey-form.html",
        context.language("Ajouter une clé d’accès"),
        status=422 if error else 200,
        wrong={field: error.text(context.language)} if error else {},
        max_length=MAX_NAME_LENGTH,
        page_state=profile_page_state(context),
    )


def _render_passkey(context: ConsoleContext, error: Refused | None = None) -> Response:
    key = next((each for each in context.user.passkeys if each.id == context.param("id")), None)
    if key is None:
        raise NotFound("passkey-unknown", "Cette clé d’accès n’existe pas.", "Rechargez la page.")
    party = relying_party_of(context)
    return page.render(
        context,
        "profile/passkey.html",
        key.name,
        status=422 if error else 200,
        passkey=key,
        page_state=profile_page_state(context),
        is_elsewhere=party is None or party.id != key.site,
        wrong={PASSWORD_FIELD: error.text(context.language)} if error else {},
    )
