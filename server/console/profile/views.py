"""What each person does with their own account. A new password ends every other session."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.responses import Response

from server.accounts import second_factor as second
from server.accounts.people import accounts_of
from server.console import page
from server.console.context import COOKIE, LANGUAGES, Visit
from server.web.state import translator_of
from sync.errors import Refused


async def me(visit: Visit) -> Response:
    return await _me(visit)


async def _me(visit: Visit, field: str = "", error: Refused | None = None) -> Response:
    return page.show(
        visit,
        "profile/me.html",
        visit.language("Mon compte"),
        status=422 if error else 200,
        sessions=await accounts_of(visit).sessions.list_for(visit.who),
        wrong={field: error.text(visit.language)} if error else {},
        languages=[(code, translator_of(visit).language_of(code).name) for code in LANGUAGES],
    )


async def settings(visit: Visit) -> Response:
    language = visit.text("language")
    await accounts_of(visit).accounts.update(
        visit.who, shown=visit.text("shown").strip()[:80], language=language if language in LANGUAGES else ""
    )
    return visit.redirect("/me", "C’est enregistré.")


async def password(visit: Visit) -> Response:
    people = accounts_of(visit)
    try:
        if visit.text("password") != visit.text("again"):
            raise Refused("password-differs", "Les deux mots de passe ne sont pas les mêmes.")
        account = await people.change_password(visit.who, visit.text("old"), visit.text("password"))
    except Refused as error:
        return await _me(visit, "old" if error.code == "password-wrong" else "password", error)
    await visit.note("password-changed", account.name)
    answer = visit.redirect("/me", "Le mot de passe est changé. Toutes les autres sessions sont fermées.")
    visit.set_cookie(answer, COOKIE, await people.sessions.create(account, visit.request.headers.get("user-agent", "")))
    return answer


async def end_session(visit: Visit) -> Response:
    """One session of one's own, or with `all` every other one."""
    current = visit.session.id if visit.session else ""
    ids = None if visit.text("all") else {visit.text("id")}
    count = await accounts_of(visit).sessions.end(visit.who.name, ids, keep=current)
    await visit.note("session-ended", visit.who.name, count=count)
    return visit.redirect("/me", "C’est fermé.")


async def second_factor(visit: Visit) -> Response:
    """Show a new secret; take it once the phone gives its code. The secret travels in the form until then, to its owner alone."""
    if visit.request.method != "POST":
        return _second(visit, second.generate_secret())
    secret = visit.text("secret")
    if not second.is_secret(secret):
        return _second(visit, second.generate_secret())
    try:
        _, codes = await accounts_of(visit).turn_on_second(visit.who, secret, visit.text("code"))
    except Refused as error:
        return _second(visit, secret, error)
    await visit.note("second-on", visit.who.name)
    return page.show(visit, "profile/recovery.html", visit.language("Vos codes de secours"), codes=codes)


def _second(visit: Visit, secret: str, error: Refused | None = None) -> Response:
    address = second.provisioning_uri(secret, visit.who.name, visit.request.url.hostname or "")
    drawing = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="code", lineclass=None
    )
    return page.show(
        visit,
        "profile/second.html",
        visit.language("Un code en plus du mot de passe"),
        status=422 if error else 200,
        secret=secret,
        drawing=Markup(drawing),  # noqa: S704  (drawn here, of squares only)
        wrong={"code": error.text(visit.language)} if error else {},
    )


async def second_off(visit: Visit) -> Response:
    try:
        await accounts_of(visit).turn_off_second(visit.who, visit.text("password-now"))
    except Refused as error:
        return await _me(visit, "password-now", error)
    await visit.note("second-off", visit.who.name)
    return visit.redirect("/me", "Le code n’est plus demandé.")
