"""Where images and recordings are kept: bytes as a blob of the room `editions`, what they are as `media:NAME` in the room `content`.

A medium withdrawn is handed out no more; pages that name it show its words at the next publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.media.convert import ConvertedMedia
from server.web.app_state import HasApp
from sync.canonical import digest
from sync.content.stored import WITHDRAWN
from sync.documents.markdown import MEDIA_NAME
from sync.errors import Gone, NotFound
from sync.store.contract import Blob, Collection, Record, Store, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records

MEDIA_TYPES = {"webp": "image/webp", "opus": "audio/ogg; codecs=opus"}
PAGE_SIZE = 500
WITHDRAWN_ON, PURGED = (
    "withdrawn_on",
    "purged",
)  # of a record: when it was withdrawn, whether its bytes are gone since (purging.py)


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
    def __init__(self, store: Store) -> None:
        self._store = store

    async def save(self, converted: ConvertedMedia, label: str, actor: str, when: str) -> MediaItem:
        """Keep what was converted. The same bytes again are the same medium, with the newer words."""
        name = f"{digest(converted.data)}.{converted.extension}"
        await self._store.put_blob(
            Collection.EDITIONS, Blob(digest(converted.data), MEDIA_TYPES[converted.extension], converted.data)
        )
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
        record = await self._store.get(Collection.CONTENT, f"media:{name}")
        await self._save_record(f"media:{name}", body, record)
        return _item_from_body(body)

    async def all(self) -> list[MediaItem]:
        """Newest first, withdrawn ones too."""
        items = [
            _item_from_body(record.body)
            async for record in iterate_records(self._store, Collection.CONTENT, "media:", page_size=PAGE_SIZE)
        ]
        return sorted(items, key=lambda item: item.when, reverse=True)

    async def withdraw(self, name: str, when: str) -> None:
        record = await self._store.get(Collection.CONTENT, f"media:{name}") if MEDIA_NAME.fullmatch(name) else None
        if record is None:
            raise _not_found()
        await self._save_record(record.id, {**record.body, "state": WITHDRAWN, WITHDRAWN_ON: when}, record)

    async def read_bytes(self, name: str) -> bytes:
        """Raises NotFound for what was never here, Gone for what was withdrawn."""
        record = await self._store.get(Collection.CONTENT, f"media:{name}") if MEDIA_NAME.fullmatch(name) else None
        if record is None:
            raise _not_found()
        if record.body.get("state") == WITHDRAWN:
            raise Gone("media-withdrawn", "Ce fichier a été retiré.")
        blob = await self._store.get_blob(Collection.EDITIONS, name.partition(".")[0])
        if blob is None:
            raise _not_found()
        return blob.data

    async def _save_record(self, id: str, body: dict[str, Any], record: Record | None) -> None:
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
    return NotFound("media-unknown", "Ce fichier n’existe pas ici.")
