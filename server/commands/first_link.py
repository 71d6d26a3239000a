"""The one-time link for a site's first administrator, handed out by `serve` as long as there is none.

It is printed on a terminal alone: elsewhere output goes into logs that more people read than run the site, so the link
goes into a private file in the data folder, whose path is printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from anyio import to_thread

from server.keys.private_file import write_private
from server.services import Services
from sync.errors import Gone

FILE_NAME = "first-account-link.txt"


async def say_first_link(services: Services, address: str, say: Callable[..., None]) -> None:
    """Print the link or the path of its file; `address` is the link without its token.

    The file goes once somebody administers the site.
    """
    file = services.settings.data / FILE_NAME
    if await services.accounts.has_administrator():
        file.unlink(missing_ok=True)
        return
    say("")
    say("Personne n’administre encore ce site. Un lien fait le premier compte ; il sert une fois, pendant un jour.")
    invitations = services.accounts.invitations
    if sys.stdout.isatty():
        say("{link}", link=address + await invitations.create(""))
        return
    while not await _is_valid(services, file):  # again if another process of the site made a newer link meanwhile
        link = address + await invitations.create("")
        await to_thread.run_sync(partial(write_private, file, f"{link}\n".encode(), replace=True))
    say("Il est dans {file}, que seul ce serveur peut lire.", file=file.resolve())


async def _is_valid(services: Services, file: Path) -> bool:
    """True if the file holds a link that still serves."""
    try:
        link = await to_thread.run_sync(file.read_text, "utf-8")
        await services.accounts.invitations.get(link.strip().rpartition("/")[2])
    except (FileNotFoundError, Gone):
        return False
    return True
