"""The state of one's own account as its pages show it: its name, language and second factor."""

from __future__ import annotations

from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.context import ConsoleContext
from sync.canonical import digest


def profile_page_state(context: ConsoleContext) -> PageState:
    """The account as this request found it; its secret only as a digest within the digest."""
    _, account = context.language, context.user
    keys = [passkey.id for passkey in account.passkeys]
    totp = digest(account.totp) if account.totp else ""
    return make_page_state(
        [
            account.name,
            account.shown,
            account.language,
            totp,
            keys,
            list(account.recovery),
            account.mail,
            list(account.told),
            account.told_hour,
        ],
        [
            (_("Nom montré aux autres"), account.shown),
            (_("Langue de la console"), account.language or "—"),
            (_("Adresse de courriel"), account.mail or "—"),
            (_("Code du téléphone"), _("oui") if account.totp else _("non")),
            (_("Clés d’accès"), ", ".join(passkey.name for passkey in account.passkeys) or "0"),
            (_("Codes de secours"), len(account.recovery)),
        ],
    )


def require_seen_profile(context: ConsoleContext) -> None:
    """Raises ChangedMeanwhile unless the form's page showed the account as it is."""
    require_seen(context, profile_page_state(context), "/me")
