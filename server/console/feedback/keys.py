"""The site's sealing keys: made in the browser of whoever keeps them, registered by their public halves, tried out, replaced.

No private half and no passphrase is ever sent here: the page downloads them as locked files, and proves that a file opens by telling the
word that was sealed to it.
"""

from __future__ import annotations

from pathlib import Path

from anyio import to_thread
from starlette.responses import Response

from server.console import page
from server.console.context import Visit
from server.keys import sealing_keys
from server.keys.sealing_keys import SealingKeyPair
from server.publishing.publisher import publisher_of
from server.web.state import settings_of, store_of
from sync.editions.signing import key_digest
from sync.errors import Refused
from sync.store.contract import Collection


async def keys(visit: Visit) -> Response:
    folder = settings_of(visit).keys
    live, waiting = sealing_keys.get_live_pair(folder), sealing_keys.get_untested_pair(folder)
    rows = [(one, _state(one, live, waiting), _names(one)) for one in reversed(sealing_keys.list_pairs(folder))]
    return page.show(
        visit,
        "feedback/keys.html",
        visit.language("Clés de scellement"),
        rows=rows,
        live=live,
        waiting=waiting,
        tried=_names(waiting),
        signs=publisher_of(visit).keys is not None,
    )


async def register(visit: Visit) -> Response:
    """Public halves from the page. `recovery` is empty when the copy in use stays."""
    folder, site = _folder(visit), await _site(visit)
    made = await to_thread.run_sync(
        sealing_keys.register_pair, folder, site, visit.text("sealing"), visit.text("recovery")
    )
    await visit.note("sealing-made", str(made.number))
    return visit.redirect("/feedback/keys", "Les clés sont enregistrées. Essayez maintenant chaque fichier.")


async def tried(visit: Visit) -> Response:
    """The word that was sealed, from a page in which a key's file opened it."""
    folder = _folder(visit)
    waiting = sealing_keys.get_untested_pair(folder)
    if waiting is sealing_keys.NO_PAIR:
        raise Refused("no-test", "Aucune clé n’attend d’être essayée.")
    noted = await to_thread.run_sync(
        sealing_keys.confirm_with_word, folder, waiting, visit.text("key"), visit.text("word")
    )
    await visit.note("sealing-tried", str(noted.number))
    if noted.is_live:
        return visit.redirect(
            "/feedback/keys", "Les deux clés ont été essayées : publiez, et les formulaires scellés partent."
        )
    return visit.redirect("/feedback/keys", "L’essai s’ouvre avec cette clé. Essayez aussi l’autre fichier.")


def _folder(visit: Visit) -> Path:
    """Raises Refused on a machine that does not sign: phones would never hear of keys registered there."""
    publisher_of(visit).require_keys()
    return settings_of(visit).keys


async def _site(visit: Visit) -> str:
    """The site's id, from its documents: there may be no edition yet."""
    record = await store_of(visit).get(Collection.CONTENT, "site")
    return str((record.body.get("fields") or {}).get("id", "kunnafoni")) if record else "kunnafoni"


def _state(one: SealingKeyPair, live: SealingKeyPair, waiting: SealingKeyPair) -> str:
    return "live" if one == live else "waiting" if one == waiting else "retired"


def _names(one: SealingKeyPair) -> list[tuple[str, str, bool]]:
    """Which key, the beginning of its digest, whether it opened the test."""
    if one is sealing_keys.NO_PAIR:
        return []
    ids = (("key", key_digest(one.sealing)), ("recovery", key_digest(one.recovery)))
    return [(which, id[:8], id in one.opened) for which, id in ids]
