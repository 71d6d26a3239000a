"""Media whose bytes are elsewhere: fetched behind, one at a time, while those who ask wait for a short time.

At a hub with a slow link a recording takes minutes; it is fetched once, whole, for all who ask meanwhile.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

from server.media.media_store import MEDIA_TYPES
from sync.canonical import digest
from sync.errors import KunnafoniError, Unavailable
from sync.store.contract import Blob, Collection, Store

MAX_AWAITED = 64
PATIENCE = 20.0  # seconds that a reader waits
TURN = 60.0  # seconds after which a turn without a medium ends


@dataclass
class AwaitedMedium:
    """The state of one fetch; `error` instead of `data` if it failed."""

    done: anyio.Event = field(default_factory=anyio.Event)
    data: bytes | None = None
    error: KunnafoniError | None = None


class MissingMedia:
    """`has_source`: whether this machine fetches media. `fetch`: the bytes of a medium by its name."""

    def __init__(
        self, store: Store, has_source: Callable[[], Awaitable[bool]], fetch: Callable[[str], Awaitable[bytes]]
    ) -> None:
        self._store = store
        self._has_source = has_source
        self._fetch = fetch
        self._awaited: dict[str, AwaitedMedium] = {}
        self._is_asked = anyio.Event()
        self._is_asked.set()  # the first turn does not wait

    async def get(self, name: str) -> bytes | None:
        """The bytes of a medium, fetched by `turn`; None where there is no source.

        Raises what `fetch` raises, and Unavailable while the medium is on its way.
        """
        if not await self._has_source():
            return None
        if name not in self._awaited and len(self._awaited) >= MAX_AWAITED:
            raise _on_its_way()
        awaited = self._awaited.setdefault(name, AwaitedMedium())
        self._is_asked.set()
        with anyio.move_on_after(PATIENCE):
            await awaited.done.wait()
        if awaited.error:
            raise awaited.error
        if awaited.data is None:
            raise _on_its_way()
        return awaited.data

    async def turn(self) -> float:
        """Fetch and keep the medium that was asked for first, once there is one; return 0.0: the turn itself waits."""
        with anyio.move_on_after(TURN):
            await self._is_asked.wait()
        if not self._awaited:
            self._is_asked = anyio.Event()
            return 0.0
        name, awaited = next(iter(self._awaited.items()))
        try:
            data = await self._fetch(name)
            media_type = MEDIA_TYPES[name.rpartition(".")[2]]
            await self._store.put_blob(Collection.EDITIONS, Blob(digest(data), media_type, data))
            awaited.data = data
        except KunnafoniError as error:
            awaited.error = error
        finally:
            del self._awaited[name]
            awaited.done.set()
        return 0.0


def _on_its_way() -> Unavailable:
    return Unavailable(
        "medium-on-its-way", "Ce fichier est encore en chemin depuis le siège.", "Réessayez dans une minute."
    )
