"""Routes of translations: the table, and the desk of each language, where texts are written and spoken step by step."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.translations import glossary, language_desk, listening, step_editor, views, voice
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})

ROUTES = (
    ConsoleRoute("/translations", views.translations, WRITERS),
    ConsoleRoute("/translations/open", language_desk.open_for_writing, WRITERS, ("POST",)),
    ConsoleRoute("/translations/{lang}", language_desk.desk, WRITERS),
    ConsoleRoute("/translations/{lang}/text/{id}", step_editor.edit_by_steps, WRITERS, ("GET", "POST")),
    ConsoleRoute("/translations/{lang}/glossary", glossary.glossary, WRITERS, ("GET", "POST")),
    ConsoleRoute("/translations/{lang}/glossary/remove", glossary.remove, WRITERS, ("POST",)),
    ConsoleRoute("/translations/{lang}/voice", voice.recorder, WRITERS),
    ConsoleRoute("/translations/{lang}/voice/{slug}", voice.take_passages, WRITERS, ("POST",), voice.MAX_VOICE_BYTES),
    ConsoleRoute("/translations/{lang}/listening", listening.waiting, WRITERS),
    ConsoleRoute("/translations/{lang}/listening/decide", listening.decide, WRITERS, ("POST",)),
)
ENTRIES = (NavigationEntry("/translations", N_("Traductions"), "globe", WRITERS),)
