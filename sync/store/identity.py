"""The identity of a store: a random text in each collection, so that a missing part is never taken for a new one.

A store is new if no collection carries an identity and none has a record. A part is missing if other parts, or this
machine's memory, name an identity that it does not carry. Releases without identities left stores that carry none: they
get one when they are opened, if all their parts are there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence

from sync.errors import Unavailable
from sync.store.contract import Collection, Store


def make_identity() -> str:
    return secrets.token_hex(16)


async def open_identified(store: Store, remembered: str) -> str:
    """Create a new store or check one that exists; prepare it and return its identity.

    `remembered`: the identity under which this machine knows the store, "" for none. Raises Unavailable, before
    anything is created, if a part is missing or belongs to another store.
    """
    await require_whole(store, remembered)
    await store.prepare()
    return await store.establish_identity(remembered or make_identity())


async def open_empty(store: Store, remembered: str) -> str:
    """Like `open_identified`, for a store to be filled by a restore: without any record, parts may be missing."""
    identities = await store.identities()
    if not await _is_empty(store, identities):
        return await open_identified(store, remembered)
    await store.prepare()
    carried = [identity for identity in identities.values() if identity]
    return await store.establish_identity(remembered or (carried or [make_identity()])[0], replace=True)


async def require_whole(store: Store, remembered: str) -> None:
    """Raise Unavailable if a part of the store is missing or belongs to another store. Changes nothing."""
    identities = await store.identities()
    if not any(identities.values()):
        is_empty = await _is_empty(store, identities)
        if remembered and is_empty:
            raise part_missing(Collection)
        if not is_empty and (missing := [part for part in Collection if part not in identities]):
            raise part_missing(missing)
        return
    check_parts(identities, remembered)


def check_parts(identities: Mapping[Collection, str], remembered: str) -> None:
    """Raise Unavailable unless every collection carries the same identity, and the remembered one if there is one.

    `identities`: as `Store.identities` returns them.
    """
    carried = sorted({identity for identity in identities.values() if identity})
    expected = remembered or next(iter(carried), "")
    if carried not in ([], [expected]):
        raise _part_of_another([part for part, identity in identities.items() if identity not in ("", expected)])
    if missing := [part for part in Collection if not identities.get(part)]:
        raise part_missing(missing)


async def missing_parts(store: Store, remembered: str) -> list[Collection]:
    """The collections for which `require_whole` raises; none of a store that is whole or new."""
    try:
        await require_whole(store, remembered)
    except Unavailable as error:
        return [Collection(part) for part in error.values["codes"].split(",")] if "codes" in error.values else []
    return []


async def accept_parts(store: Store, remembered: str, parts: Iterable[Collection]) -> str:
    """Accept the missing parts of a store as they are: absent ones are created empty. Returns its identity.

    Raises Unavailable, and changes nothing, unless `parts` names all missing ones.
    """
    missing = await missing_parts(store, remembered)
    if not set(missing) <= set(parts):
        await require_whole(store, remembered)
    carried = [identity for identity in (await store.identities()).values() if identity]
    await store.prepare()
    return await store.establish_identity(remembered or (carried or [make_identity()])[0], replace=True)


def part_missing(parts: Iterable[Collection]) -> Unavailable:
    codes = [part.value for part in parts]
    return Unavailable(
        "store-part-missing",
        "Il manque une partie des données de ce site : {parts}.",
        "Restaurez une sauvegarde vers un magasin vide (deploy/RUNBOOK.md). Si cette partie est perdue pour toujours : "
        "kunnafoni doctor --fix --accept-loss {codes}",
        parts=", ".join(codes),
        codes=",".join(codes),
    )


def _part_of_another(parts: Sequence[Collection]) -> Unavailable:
    codes = [part.value for part in parts]
    return Unavailable(
        "store-part-foreign",
        "Une partie des données ne vient pas de ce site : {parts}.",
        "Remettez le bon magasin de données. Pour garder celui-ci : kunnafoni doctor --fix --accept-loss {codes}",
        parts=", ".join(codes),
        codes=",".join(codes),
    )


async def _is_empty(store: Store, parts: Iterable[Collection]) -> bool:
    for part in parts:
        if await store.scan(part, "", "~", 1):
            return False
    return True
