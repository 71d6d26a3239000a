"""The addresses of images and recordings."""

from __future__ import annotations

from server.console.access import ConsoleRoute, Entry, Role
from server.console.media import screens
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})
COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/media", screens.media, WRITERS),
    ConsoleRoute("/media/image", screens.add_image, WRITERS, ("POST",), screens.IMAGE_LIMIT),
    ConsoleRoute("/media/sound", screens.add_sound, WRITERS, ("POST",), screens.SOUND_LIMIT),
    ConsoleRoute("/media/{name}/withdraw", screens.withdraw, COORDINATORS, ("POST",)),
)
ENTRIES = (Entry("/media", N_("Images et sons"), "camera", WRITERS),)
