"""Routes of one's own account, for every role."""

from __future__ import annotations

from server.console.access import EVERYONE, ConsoleRoute, NavigationEntry
from server.console.profile import actions, passkeys, second_factor, views
from sync.locale import N_

ROUTES = (
    ConsoleRoute("/me", views.profile, EVERYONE),
    ConsoleRoute("/me/notices", actions.save_notices, EVERYONE, ("POST",)),
    ConsoleRoute("/me/browsers", actions.add_browser, EVERYONE, ("POST",)),
    ConsoleRoute("/me/browsers/off", actions.remove_browsers, EVERYONE, ("POST",)),
    ConsoleRoute("/me/settings", actions.save_settings, EVERYONE, ("POST",)),
    ConsoleRoute("/me/password", actions.change_password, EVERYONE, ("POST",)),
    ConsoleRoute("/me/sessions", actions.end_session, EVERYONE, ("POST",), needs_fresh_sign_in=("POST",)),
    ConsoleRoute("/me/second", second_factor.second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/off", second_factor.remove_second_factor, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/second/codes", second_factor.renew_recovery_codes, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/passkeys/new", passkeys.add_passkey, EVERYONE, ("GET", "POST")),
    ConsoleRoute("/me/passkeys/new/options", passkeys.registration_options, EVERYONE),
    ConsoleRoute("/me/passkeys/options", passkeys.assertion_options, EVERYONE),
    ConsoleRoute("/me/passkeys/one/{id}", passkeys.passkey, EVERYONE, ("GET", "POST")),
)
ENTRIES = (NavigationEntry("/me", N_("Mon compte"), "key", EVERYONE),)
