"""The site's sealing keys: made in the browser of whoever keeps them, registered by their public halves, tried out, replaced.

No private half and no passphrase is ever sent here: the page downloads them as locked files, and proves that a file opens by telling the
word that was sealed to it.
"""

from __future__ import annotations

from pathlib import Path

from anyio import to_thread
from starlette.responses import Response

from server.console import page
from server.console.context import ConsoleContext
from server.keys import sealing_keys
from server.keys.sealing_keys import SealingKeyPair
from server.publishing.publisher import publisher_of
from server.web.app_state import settings_of, store_of
from sync.editions.signing import key_digest
from sync.errors import Refused
from sync.store.contract import Collection


async def keys(context: ConsoleContext) -> Response:
    folder = settings_of(context).keys
    live, waiting = sealing_keys.get_live_pair(folder), sealing_keys.get_untested_pair(folder)
    rows = [(one, _key_state(one, live, waiting), _key_names(one)) for one in reversed(sealing_keys.list_pairs(folder))]
    return page.render(
        context,
        "feedback/keys.html",
        context.language("Clés de scellement"),
        rows=rows,
        live=live,
        waiting=waiting,
        tried=_key_names(waiting),
        signs=publisher_of(context).keys is not None,
    )


async def register_keys(context: ConsoleContext) -> Response:
    """Public halves from the page. `recovery` is empty when the copy in use stays."""
    folder, site = _require_key_folder(context), await _site_id(context)
    made = await to_thread.run_sync(
        sealing_keys.register_pair, folder, site, context.text("sealing"), context.text("recovery")
    )
    await context.record_action("sealing-made", str(made.number))
    return context.redirect("/feedback/keys", "Les clés sont enregistrées. Essayez maintenant chaque fichier.")


async def confirm_key_test(context: ConsoleContext) -> Response:
    """The word that was sealed, from a page in which a key's file opened it."""
    folder = _require_key_folder(context)
    waiting = sealing_keys.get_untested_pair(folder)
    if waiting is sealing_keys.NO_PAIR:
        raise Refused("no-test", "Aucune clé n’attend d’être essayée.")
    noted = await to_thread.run_sync(
        sealing_keys.confirm_with_word, folder, waiting, context.text("key"), context.text("word")
    )
    await context.record_action("sealing-tried", str(noted.number))
    if noted.is_live:
        return context.redirect(
            "/feedback/keys", "Les deux clés ont été essayées : publiez, et les formulaires scellés partent."
        )
    return context.redirect("/feedback/keys", "L’essai s’ouvre avec cette clé. Essayez aussi l’autre fichier.")


def _require_key_folder(context: ConsoleContext) -> Path:
    """Raises Refused on a machine that does not sign: phones would never hear of keys registered there."""
    publisher_of(context).require_keys()
    return settings_of(context).keys


async def _site_id(context: ConsoleContext) -> str:
    """The site's id, from its documents: there may be no edition yet."""
    record = await store_of(context).get(Collection.CONTENT, "site")
    return str((record.body.get("fields") or {}).get("id", "kunnafoni")) if record else "kunnafoni"


def _key_state(one: SealingKeyPair, live: SealingKeyPair, waiting: SealingKeyPair) -> str:
    return "live" if one == live else "waiting" if one == waiting else "retired"


def _key_names(one: SealingKeyPair) -> list[tuple[str, str, bool]]:
    """Which key, the beginning of its digest, whether it opened the test."""
    if one is sealing_keys.NO_PAIR:
        return []
    ids = (("key", key_digest(one.sealing)), ("recovery", key_digest(one.recovery)))
    return [(which, id[:8], id in one.opened) for which, id in ids]
