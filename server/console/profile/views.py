"""Pages of one's own account: the profile, and the second factor with its recovery codes."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response

from server.accounts import second_factor as second
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import LANGUAGES, ConsoleContext
from server.web.app_state import translator_of
from server.web.site_origin import parse_origin, site_origin_of
from sync.errors import Refused


async def profile(context: ConsoleContext) -> Response:
    return await render_profile(context)


async def render_profile(context: ConsoleContext, field: str = "", error: Refused | None = None) -> Response:
    """The profile; `error` is shown beside `field`."""
    return page.render(
        context,
        "profile/profile.html",
        context.language("Mon compte"),
        status=422 if error else 200,
        sessions=await accounts_of(context).sessions.list_for(context.user),
        wrong={field: error.text(context.language)} if error else {},
        languages=[(code, translator_of(context).language_of(code).name) for code in LANGUAGES],
    )


async def second_factor(context: ConsoleContext) -> Response:
    """Show a new secret; a POST with a valid code enables it and shows the recovery codes once.

    Until then the secret is a hidden field of the form and is not stored.
    """
    if context.request.method != "POST":
        return _render_second_factor(context, second.generate_secret())
    secret = context.text("secret")
    if not second.is_secret(secret):
        return _render_second_factor(context, second.generate_secret())
    try:
        _, codes = await accounts_of(context).enable_second_factor(context.user, secret, context.text("code"))
    except Refused as error:
        return _render_second_factor(context, secret, error)
    await context.record_action("second-on", context.user.name)
    return page.render(context, "profile/recovery-codes.html", context.language("Vos codes de secours"), codes=codes)


def _render_second_factor(context: ConsoleContext, secret: str, error: Refused | None = None) -> Response:
    address = second.provisioning_uri(secret, context.user.name, _site_name(context))
    drawing = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="code", lineclass=None
    )
    return page.render(
        context,
        "profile/second-factor.html",
        context.language("Un code en plus du mot de passe"),
        status=422 if error else 200,
        secret=secret,
        drawing=Markup(drawing),  # noqa: S704  (segno's own drawing)
        wrong={"code": error.text(context.language)} if error else {},
    )


def _site_name(context: ConsoleContext) -> str:
    """The name under which an authenticator app lists the secret."""
    origin = parse_origin(site_origin_of(context).console_url)
    return origin.name if origin else ""
