"""Changes to one's own account: settings, password, sessions.

A new password ends every other session.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.accounts.known_browser import LIFETIME as KNOWN_BROWSER_LIFETIME
from server.console.context import BROWSER_COOKIE, LANGUAGES, ConsoleContext
from server.console.credentials import PASSWORD_FIELD, confirm_identity
from server.console.flash import FlashMessage
from server.console.profile.page_state import require_seen_profile
from server.console.profile.views import render_profile
from server.notifications.console_browsers import console_browsers_of
from server.notifications.notifier import CHOICES
from server.web.request_text import parse_number
from sync.errors import Refused

MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
MAX_MAIL_LENGTH = 254  # characters
LAST_HOUR, DEFAULT_HOUR = 23, 7


async def save_settings(context: ConsoleContext) -> Response:
    require_seen_profile(context)
    language = context.text("language")
    await accounts_of(context).accounts.update(
        context.user, shown=context.text("shown").strip()[:80], language=language if language in LANGUAGES else ""
    )
    return context.redirect("/me", FlashMessage.SAVED)


async def save_notices(context: ConsoleContext) -> Response:
    """Keep where and of what the person is told; an empty address ends all mail."""
    require_seen_profile(context)
    mail, hour = context.text("mail").strip(), parse_number(context.text("told_hour"), LAST_HOUR)
    if mail and (len(mail) > MAX_MAIL_LENGTH or not MAIL_ADDRESS.fullmatch(mail)):
        error = Refused("mail-form", "Cette adresse de courriel n’a pas la bonne forme.", "nom@exemple.org")
        return await render_profile(context, "mail", error)
    told = tuple(choice for choice in CHOICES if choice in context.texts("told"))
    await accounts_of(context).accounts.update(
        context.user, mail=mail, told=told, told_hour=DEFAULT_HOUR if hour is None else hour
    )
    return context.redirect("/me", FlashMessage.SAVED)


async def add_browser(context: ConsoleContext) -> Response:
    """Tell the person in this browser too, of what they chose."""
    name = context.user.name
    fields = [context.text(field) for field in ("endpoint", "p256dh", "auth")]
    await console_browsers_of(context).add(name, *fields)
    await context.record_action("browser-added", name)
    return context.redirect("/me", FlashMessage.SAVED)


async def remove_browsers(context: ConsoleContext) -> Response:
    await console_browsers_of(context).remove(context.user.name)
    await context.record_action("browsers-removed", context.user.name)
    return context.redirect("/me", FlashMessage.SAVED)


async def change_password(context: ConsoleContext) -> Response:
    """Change the password, end all sessions and start a new one for this browser."""
    require_seen_profile(context)
    service = accounts_of(context)
    new = context.text("password")
    try:
        if new != context.text("again"):
            raise Refused(
                "password-differs", "Les deux mots de passe ne sont pas les mêmes.", "Écrivez-les de nouveau."
            )
        await service.check_new_password(context.user, new)
    except Refused as error:
        return await render_profile(context, "password", error)
    try:
        account = await service.change_password(await confirm_identity(context), new)
    except Refused as error:
        return await render_profile(context, PASSWORD_FIELD, error)
    await context.record_action("password-changed", account.name)
    response = context.redirect("/me", FlashMessage.PASSWORD_CHANGED)
    token = await service.sessions.create(account, context.request.headers.get("user-agent", ""))
    context.set_session(token)
    browser = service.remember_browser(context.read_cookie(BROWSER_COOKIE), account)
    context.set_cookie(response, BROWSER_COOKIE, browser, max_age=KNOWN_BROWSER_LIFETIME)
    return response


async def end_session(context: ConsoleContext) -> Response:
    """End one of the person's sessions, or with `all` every one but the current."""
    current = context.session.id if context.session else ""
    ids = None if context.text("all") else {context.text("id")}
    count = await accounts_of(context).sessions.end(context.user.name, ids, except_id=current)
    await context.record_action("session-ended", context.user.name, count=count)
    return context.redirect("/me", FlashMessage.SESSION_ENDED)
