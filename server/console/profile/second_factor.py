"""Pages of the second factor: set or replace TOTP, remove it, and make new recovery codes.

Every change takes the password, and the second factor that it changes; it ends the person's other sessions.
"""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response

from server.accounts import second_factor as second
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import ConsoleContext
from server.console.credentials import PASSWORD_FIELD, confirm_identity
from server.console.flash import FlashMessage
from server.console.profile.page_state import profile_page_state, require_seen_profile
from server.web.site_origin import parse_origin, site_origin_of
from sync.errors import Refused


async def second_factor(context: ConsoleContext) -> Response:
    """Show a new secret; a POST with a valid code sets it and shows the recovery codes once.

    Until then the secret is a hidden field of the form and is not stored.
    """
    secret = context.text("secret")
    if context.request.method != "POST" or not second.is_secret(secret):
        return _render_second_factor(context, second.generate_secret())
    require_seen_profile(context)
    settings = accounts_of(context).second_factor
    try:
        settings.check_new_code(secret, context.text("code"))  # before the old code is used up
        identity = await confirm_identity(context)
        _, codes = await settings.set_totp(identity, secret, context.text("code"))
    except Refused as error:
        return _render_second_factor(context, secret, error)
    await record_change(context, "second-replaced" if identity.account.totp else "second-on")
    return render_recovery_codes(context, codes)


async def remove_second_factor(context: ConsoleContext) -> Response:
    """Ask for the credentials; a POST with them removes TOTP."""
    if context.request.method != "POST":
        return _render_confirmation(context, context.language("Ne plus demander de code"), "/me/second/off")
    require_seen_profile(context)
    try:
        await accounts_of(context).second_factor.remove_totp(await confirm_identity(context))
    except Refused as error:
        return _render_confirmation(context, context.language("Ne plus demander de code"), "/me/second/off", error)
    await record_change(context, "second-off")
    return context.redirect("/me", FlashMessage.SECOND_FACTOR_OFF)


async def renew_recovery_codes(context: ConsoleContext) -> Response:
    """Ask for the credentials; a POST with them replaces the recovery codes and shows them once."""
    if context.request.method != "POST":
        return _render_confirmation(context, context.language("De nouveaux codes de secours"), "/me/second/codes")
    require_seen_profile(context)
    try:
        _, codes = await accounts_of(context).second_factor.renew_recovery_codes(await confirm_identity(context))
    except Refused as error:
        return _render_confirmation(
            context, context.language("De nouveaux codes de secours"), "/me/second/codes", error
        )
    await record_change(context, "recovery-renewed")
    return render_recovery_codes(context, codes)


async def record_change(context: ConsoleContext, action: str) -> None:
    """Write a change of the second factor to the audit log, and end the person's other sessions."""
    await context.record_action(action, context.user.name)
    current = context.session.id if context.session else ""
    await accounts_of(context).sessions.end(context.user.name, except_id=current)


def render_recovery_codes(context: ConsoleContext, codes: list[str]) -> Response:
    return page.render(context, "profile/recovery-codes.html", context.language("Vos codes de secours"), codes=codes)


def _render_confirmation(context: ConsoleContext, title: str, path: str, error: Refused | None = None) -> Response:
    """A page that asks for the credentials of a change; `title` is its button too."""
    return page.render(
        context,
        "profile/confirmation.html",
        title,
        status=422 if error else 200,
        action=path,
        page_state=profile_page_state(context),
        wrong={PASSWORD_FIELD: error.text(context.language)} if error else {},
    )


def _render_second_factor(context: ConsoleContext, secret: str, error: Refused | None = None) -> Response:
    address = second.provisioning_uri(secret, context.user.name, _site_name(context))
    drawing = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="code", lineclass=None
    )
    field = "code" if error and error.code == "code-wrong" else PASSWORD_FIELD
    return page.render(
        context,
        "profile/second-factor.html",
        context.language("Un code en plus du mot de passe"),
        status=422 if error else 200,
        secret=secret,
        page_state=profile_page_state(context),
        drawing=Markup(drawing),  # noqa: S704  (segno's own drawing)
        wrong={field: error.text(context.language)} if error else {},
    )


def _site_name(context: ConsoleContext) -> str:
    """The name under which an authenticator app lists the secret."""
    origin = parse_origin(site_origin_of(context).console_url)
    return origin.name if origin else ""
