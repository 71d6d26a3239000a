"""What each person does with their own account. A new password ends every other session."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response

from server.accounts import second_factor as second
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import LANGUAGES, SESSION_COOKIE, ConsoleContext
from server.web.app_state import translator_of
from sync.errors import Refused


async def profile(context: ConsoleContext) -> Response:
    return await _render_profile(context)


async def _render_profile(context: ConsoleContext, field: str = "", error: Refused | None = None) -> Response:
    return page.render(
        context,
        "profile/me.html",
        context.language("Mon compte"),
        status=422 if error else 200,
        sessions=await accounts_of(context).sessions.list_for(context.user),
        wrong={field: error.text(context.language)} if error else {},
        languages=[(code, translator_of(context).language_of(code).name) for code in LANGUAGES],
    )


async def save_settings(context: ConsoleContext) -> Response:
    language = context.text("language")
    await accounts_of(context).accounts.update(
        context.user, shown=context.text("shown").strip()[:80], language=language if language in LANGUAGES else ""
    )
    return context.redirect("/me", "C’est enregistré.")


async def change_password(context: ConsoleContext) -> Response:
    people = accounts_of(context)
    try:
        if context.text("password") != context.text("again"):
            raise Refused("password-differs", "Les deux mots de passe ne sont pas les mêmes.")
        account = await people.change_password(context.user, context.text("old"), context.text("password"))
    except Refused as error:
        return await _render_profile(context, "old" if error.code == "password-wrong" else "password", error)
    await context.record_action("password-changed", account.name)
    answer = context.redirect("/me", "Le mot de passe est changé. Toutes les autres sessions sont fermées.")
    context.set_cookie(
        answer, SESSION_COOKIE, await people.sessions.create(account, context.request.headers.get("user-agent", ""))
    )
    return answer


async def end_session(context: ConsoleContext) -> Response:
    """One session of one's own, or with `all` every other one."""
    current = context.session.id if context.session else ""
    ids = None if context.text("all") else {context.text("id")}
    count = await accounts_of(context).sessions.end(context.user.name, ids, except_id=current)
    await context.record_action("session-ended", context.user.name, count=count)
    return context.redirect("/me", "C’est fermé.")


async def second_factor(context: ConsoleContext) -> Response:
    """Show a new secret; take it once the phone gives its code. The secret travels in the form until then, to its owner alone."""
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
    return page.render(context, "profile/recovery.html", context.language("Vos codes de secours"), codes=codes)


def _render_second_factor(context: ConsoleContext, secret: str, error: Refused | None = None) -> Response:
    address = second.provisioning_uri(secret, context.user.name, context.request.url.hostname or "")
    drawing = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="code", lineclass=None
    )
    return page.render(
        context,
        "profile/second.html",
        context.language("Un code en plus du mot de passe"),
        status=422 if error else 200,
        secret=secret,
        drawing=Markup(drawing),  # noqa: S704  (drawn here, of squares only)
        wrong={"code": error.text(context.language)} if error else {},
    )


async def disable_second_factor(context: ConsoleContext) -> Response:
    try:
        await accounts_of(context).disable_second_factor(context.user, context.text("password-now"))
    except Refused as error:
        return await _render_profile(context, "password-now", error)
    await context.record_action("second-off", context.user.name)
    return context.redirect("/me", "Le code n’est plus demandé.")
