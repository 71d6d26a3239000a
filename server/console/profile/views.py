"""The page of one's own account: name and language, password, second factor, sessions."""

from __future__ import annotations

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import LANGUAGES, ConsoleContext
from server.console.credentials import relying_party_of
from server.console.profile.page_state import profile_page_state
from server.notifications.console_browsers import console_browsers_of
from server.notifications.notifier import DAILY, LIFE, TODAY
from server.push.push_transport import push_of
from server.web.app_state import settings_of, translator_of
from sync.errors import Refused
from sync.locale import N_

TOLD_CHOICES = {
    LIFE: N_("Ce qui peut coûter des vies, à toute heure"),
    TODAY: N_("Ce qui attend aujourd’hui, de 7 h à 21 h"),
    DAILY: N_("Un résumé par jour"),
}


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
        page_state=profile_page_state(context),
        wrong={field: error.text(context.language)} if error else {},
        push_key=vapid.public_key if (vapid := push_of(context).vapid) else "",
        browser_count=len(await console_browsers_of(context).list_of(context.user.name)),
        sends_mail=bool(settings_of(context).smtp),
        told_choices=[(name, context.language(label)) for name, label in TOLD_CHOICES.items()],
        hours=[(hour, f"{hour} h") for hour in range(24)],
        allows_passkeys=relying_party_of(context) is not None,
        languages=[(code, translator_of(context).language_of(code).name) for code in LANGUAGES],
    )
