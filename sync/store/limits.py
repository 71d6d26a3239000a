"""Limits of ids, bodies and blobs, the same for every backend. Checked before a request reaches the backend."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.canonical import LARGEST_INTEGER, digest
from sync.errors import Refused
from sync.store.contract import Blob, Body, Write

MAX_BODY_BYTES = 8_000_000  # of compact JSON; equal to CouchDB's default
MAX_BLOB_BYTES = 32_000_000  # a backend has the whole blob in memory while writing it
MAX_ID_LENGTH = 240
MAX_DEPTH = 200  # levels; every JSON parser involved accepts that many

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_ID = re.compile(r"[A-Za-z0-9:./-][A-Za-z0-9:._/-]{0,239}")
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class EncodedWrite:
    """A write within the limits. `body_json`: its body as compact JSON, None for a deletion."""

    write: Write
    body_json: str | None

    @property
    def id(self) -> str:
        return self.write.id


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def check_id(id: str) -> str:
    if not is_id(id):
        raise Refused("store-id", "« {id} » ne peut pas servir d’identifiant.", id=id[:MAX_ID_LENGTH])
    return id


def encode_writes(writes: Sequence[Write]) -> list[EncodedWrite]:
    """Encode writes. Raises Refused if one of them exceeds the limits."""
    return [EncodedWrite(write, _encode_body(write)) for write in writes]


def check_blob(blob: Blob) -> Blob:
    if len(blob.data) > MAX_BLOB_BYTES:
        raise _too_large(len(blob.data), MAX_BLOB_BYTES)
    if digest(blob.data) != blob.digest:
        raise Refused("store-digest", "L’empreinte annoncée n’est pas celle de ce fichier.")
    return blob


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def json_equal(one: Any, other: Any) -> bool:
    """True if two JSON values are equal. Unlike Python, `true` and 1 are different."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(json_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(json_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _encode_body(write: Write) -> str | None:
    check_id(write.id)
    if write.body is None:
        if write.rev is None:
            raise Refused("store-deletion", "Une suppression nomme la révision qu’elle supprime.")
        return None
    return _encode(write.id, write.body)


def _encode(id: str, body: Body) -> str:
    try:
        document = dict(body.items())
        if any(key.startswith("_") for key in document):
            raise ValueError("names that start with _ are reserved")
        _check_value(document, MAX_DEPTH)
        text = _ENCODER.encode(document)
        size = len(text.encode())
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused("store-body", "Le contenu de « {id} » n’a pas la forme d’un document.", id=id) from error
    if size > MAX_BODY_BYTES:
        raise _too_large(size, MAX_BODY_BYTES)
    return text


def _check_value(value: Any, depth: int) -> None:
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("a key is text")
            _check_value(item, depth - 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_value(item, depth - 1)
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError("integer too large")
    elif value is not None and not isinstance(value, (str, int, float)):
        raise TypeError("no JSON value")


def _too_large(size: int, limit: int) -> Refused:
    return Refused("store-too-large", "C’est trop grand : {bytes} octets, {most} au plus.", bytes=size, most=limit)


def store_newer(path: str) -> Refused:
    """The refusal of a store whose schema this program does not know. `path`: of its file, or the database's name."""
    return Refused(
        "store-newer",
        "« {path} » vient d’une version plus récente de Kunnafoni.",
        "Reprenez le programme le plus récent, ou restaurez la sauvegarde d’avant la mise à jour.",
        path=path,
    )
