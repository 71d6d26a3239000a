"""Documents in the store: a record in the room `content` holds `kind`, `fields`, and `imported` where a file brought it.

`imported` is the fingerprint of the fields as the file had them: other fields than these were edited since, in a console.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sync.alerts.library import Library
from sync.content.folder import library_of
from sync.content.layout import SINGLE, id_of
from sync.content.schemas import BY_COUNTRY, KINDS, SENT, TABLED, WRITTEN, fingerprint, from_fields
from sync.documents.model import Medium
from sync.errors import BadContent
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

WITHDRAWN = "withdrawn"
_PAGE = 500  # records asked at once: a few megabytes at most


@dataclass(frozen=True, slots=True)
class Stored:
    """A document that the store shows, with its id."""

    id: str
    kind: str
    value: Any


async def records(store: Store) -> dict[str, Record]:
    """Every document record by id, withdrawn ones too."""
    found = await store.get_many(Collection.CONTENT, SINGLE)
    for kind in (*WRITTEN, *BY_COUNTRY, *TABLED, *SENT):
        found.update(
            [
                (record.id, record)
                async for record in iterate_records(store, Collection.CONTENT, f"{kind}:", page_size=_PAGE)
            ]
        )
    return found


async def documents(store: Store) -> list[Stored]:
    """The documents that are not withdrawn. Raises BadContent (path: the id) for one that no longer passes the checks."""
    shown = []
    for id, record in sorted((await records(store)).items()):
        if record.body.get("state") != WITHDRAWN:
            kind = str(record.body.get("kind"))
            if kind not in KINDS or id.split(":")[0] != kind:
                raise BadContent(id, 0, "kind-unknown", "Ce document n’est pas d’un genre connu.")
            shown.append(Stored(id, kind, from_fields(kind, record.body.get("fields") or {}, id)))
    lang = next((one.value.lang for one in shown if one.kind == "site"), "fr")
    ours = [one for one in shown if one.kind not in BY_COUNTRY or one.kind == "places" or one.id.endswith(f":{lang}")]
    for one in ours:
        if one.id != id_of(one.kind, one.value, lang):
            raise BadContent(one.id, 0, "id-other", "Ce document se dit autre que son nom.")
    return ours


async def library_from_store(store: Store) -> Library:
    """What the site publishes: every document that is not withdrawn, and what they show and sound."""
    library = library_of((one.kind, one.value) for one in await documents(store))
    return replace(library, media=await media(store))


async def media(store: Store) -> dict[str, Medium]:
    """Images and recordings by name: records `media:NAME`; those withdrawn are left out."""
    found = iterate_records(store, Collection.CONTENT, "media:", page_size=_PAGE)
    shown = [record.body async for record in found if record.body.get("state") != WITHDRAWN]
    return {body["name"]: Medium(body["name"], body["bytes"], body["label"], body["seconds"]) for body in shown}


def edited(record: Record) -> bool:
    """Whether a console changed this document since a file brought it (or a console made it)."""
    return bool(fingerprint(record.body.get("fields") or {}) != record.body.get("imported"))
