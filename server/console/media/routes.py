"""Routes of images and recordings; withdrawing one is for coordinators."""

from __future__ import annotations

from server.console.access import ConsoleRoute, NavigationEntry, Role
from server.console.media import actions, views
from sync.locale import N_

WRITERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})
COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})

ROUTES = (
    ConsoleRoute("/media", views.media, WRITERS),
    ConsoleRoute("/media/image", actions.add_image, WRITERS, ("POST",), views.MAX_IMAGE_BYTES),
    ConsoleRoute("/media/sound", actions.add_sound, WRITERS, ("POST",), views.MAX_SOUND_BYTES),
    ConsoleRoute("/media/{name}/withdraw", actions.withdraw, COORDINATORS, ("POST",)),
)
ENTRIES = (NavigationEntry("/media", N_("Images et sons"), "camera", WRITERS),)
