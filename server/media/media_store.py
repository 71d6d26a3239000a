"""Storage of images and recordings: bytes as blobs in the collection `editions`, metadata as `media:NAME` in `content`.

Withdrawn media are no longer served; from the next publication, pages show the label instead.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from server.media.convert import ConvertedMedia
from server.web.app_state import HasApp
from server.web.response_cache import ResponseCache
from sync.canonical import digest
from sync.content.stored import WITHDRAWN
from sync.documents.markdown import MEDIA_NAME
from sync.errors import Gone, NotFound
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Blob, Collection, Record, Store, Write
from sync.store.iteration import iterate_records

MEDIA_TYPES = {"webp": "image/webp", "opus": "audio/ogg; codecs=opus", "m4a": "audio/mp4"}
NAME = re.compile(rf"{MEDIA_NAME.pattern}|[A-Za-z0-9_-]{{43}}\.m4a")  # second files of sounds are in no text
SECOND_OF = "of"  # field: the sound of which this is the second file
PAGE_SIZE = 500
CACHED_BYTES = 32 * 1024 * 1024  # shared by all who download the same recording at once, however slowly
WITHDRAWN_ON = "withdrawn_on"  # field: when the medium was withdrawn
PURGED = "purged"  # field: True once its bytes are deleted (unused_media.py)


@dataclass(frozen=True, slots=True)
class MediaItem:
    name: str
    bytes: int
    label: str
    seconds: int
    width: int
    height: int
    by: str
    when: str
    withdrawn: bool

    @property
    def is_sound(self) -> bool:
        return self.name.endswith(".opus")


class MediaStore:
    """`fetch_missing`: fetches, and keeps, a medium that the store lacks by its name; None if nobody else has it."""

    def __init__(self, store: Store, fetch_missing: Callable[[str], Awaitable[bytes | None]] | None = None) -> None:
        self._store = store
        self._fetch_missing = fetch_missing
        self._blobs = ResponseCache(CACHED_BYTES)

    async def save(self, converted: ConvertedMedia, label: str, actor: str, when: str) -> MediaItem:
        """Store converted media; the same bytes again update the label. Raises Unavailable or Conflict."""
        name = await self._put_bytes(converted.data, converted.extension)
        body: dict[str, Any] = {
            "name": name,
            "bytes": len(converted.data),
            "label": label,
            "seconds": converted.seconds,
            "width": converted.width,
            "height": converted.height,
            "by": actor,
            "when": when,
        }
        if converted.aac:
            body["aac"] = await self._put_bytes(converted.aac, "m4a")
            second = {"name": body["aac"], "bytes": len(converted.aac), "label": label, "when": when, SECOND_OF: name}
            await self._save_record(f"media:{body['aac']}", second)
        await self._save_record(f"media:{name}", body)
        return _item_from_body(body)

    async def all(self) -> list[MediaItem]:
        """All media, newest first, including withdrawn ones."""
        items = [
            _item_from_body(record.body)
            async for record in iterate_records(self._store, Collection.CONTENT, "media:", page_size=PAGE_SIZE)
            if SECOND_OF not in record.body
        ]
        return sorted(items, key=lambda item: item.when, reverse=True)

    async def get(self, name: str) -> MediaItem:
        """A medium, also a withdrawn one. Raises NotFound for an unknown name."""
        return _item_from_body((await self._get_record(name)).body)

    async def withdraw(self, name: str, when: str) -> None:
        """Stop serving a medium. Raises NotFound for an unknown name."""
        record = await self._get_record(name)
        for kept in filter(None, (name, record.body.get("aac"))):
            body = (await self._get_record(kept)).body
            await self._save_record(f"media:{kept}", {**body, "state": WITHDRAWN, WITHDRAWN_ON: when})

    async def read_bytes(self, name: str) -> bytes:
        """The bytes of a medium. Raises NotFound for an unknown name, Gone for a withdrawn medium."""
        record = await self._get_record(name)
        if record.body.get("state") == WITHDRAWN:
            raise Gone("media-withdrawn", "Ce fichier a été retiré.")
        return await self._blobs.get_or_create(name, lambda: self._read_blob(name))

    async def _get_record(self, name: str) -> Record:
        record = await self._store.get(Collection.CONTENT, f"media:{name}") if NAME.fullmatch(name) else None
        if record is None:
            raise _not_found()
        return record

    async def _read_blob(self, name: str) -> bytes:
        blob = await self._store.get_blob(Collection.EDITIONS, name.partition(".")[0])
        if blob is not None:
            return blob.data
        data = await self._fetch_missing(name) if self._fetch_missing else None
        if data is None:
            raise _not_found()
        return data

    async def _put_bytes(self, data: bytes, extension: str) -> str:
        """Keep the bytes of a file; returns its name."""
        await self._store.put_blob(Collection.EDITIONS, Blob(digest(data), MEDIA_TYPES[extension], data))
        return f"{digest(data)}.{extension}"

    async def _save_record(self, id: str, body: dict[str, Any]) -> None:
        record = await self._store.get(Collection.CONTENT, id)
        [outcome] = await self._store.write(Collection.CONTENT, [Write(id, body, record.rev if record else None)])
        ensure_saved(outcome)


def media_of(request: HasApp) -> MediaStore:
    media: MediaStore = request.app.state.media
    return media


def _item_from_body(body: Any) -> MediaItem:
    return MediaItem(
        body["name"],
        body["bytes"],
        body["label"],
        body["seconds"],
        body.get("width", 0),
        body.get("height", 0),
        body.get("by", ""),
        body.get("when", ""),
        body.get("state") == WITHDRAWN,
    )


def _not_found() -> NotFound:
    return NotFound("media-unknown", "Ce fichier n’existe pas ici.", "Revenez à la liste.")
