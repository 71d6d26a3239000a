"""Feeds as receivers read them: checked line by line, proven by the statement at the end (PROTOCOL.md, section 4).

Used by receivers in Python. Twin: pwa/src/protocol/feed.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.canonical import digest, is_well_formed
from sync.editions.delta import rebuild
from sync.editions.edition_statement import Statement
from sync.editions.feed import VERSION, Edition
from sync.editions.manifest import Manifest, ManifestEntry
from sync.editions.patch import apply_patch
from sync.errors import NotProven
from sync.json_text import parse_json

HEADER_LIMIT = 64 * 1024
LINE_LIMIT = 128 * 1024
LINES_LIMIT = 20_000
BYTES_LIMIT = 64 * 1024 * 1024

_ABSENT: Mapping[str, Any] = {"key": "", "chain": [], "base": "", "gone": [], "manifest": ["", ""]}
_NUMBERS = ("first", "count", "bytes", "from")


def read_feed(
    lines: Iterable[bytes],
    accept_header: Callable[[Mapping[str, Any]], Statement],
    base: Edition | None,
    body_of: Callable[[str], str],
) -> tuple[Statement, Manifest, dict[str, str]]:
    """Read a complete feed: its statement, manifest, and new bodies by digest.

    `accept_header` gets the header, its absent keys filled (see `parse_header`), and returns the statement if this
    receiver may accept it (see `trust.accept_statement`). `base`: the receiver's edition; `body_of` returns its bodies
    by digest. Raises NotProven; then nothing of the feed may be stored as an edition.
    """
    source = iter(lines)
    header = parse_header(next(source, b""))
    statement = accept_header(header)
    if header["base"] != (base.id if base else "") or header["from"]:
        raise NotProven("base-unknown", "Cette mise à jour part d’une édition qui n’est pas ici.")
    old = base.manifest.by_path() if base else {}
    bodies: dict[str, str] = {}
    changes: list[tuple[ManifestEntry, int | None]] = []
    size = 0
    for raw in source:
        size += len(raw)
        if size > BYTES_LIMIT:
            raise _too_long()
        line = _parse_line(raw, LINE_LIMIT)
        path = line.get("path")
        index = line.get("at")
        if len(changes) >= header["count"] or not isinstance(path, str) or not (index is None or type(index) is int):
            raise _malformed()
        changes.append((ManifestEntry(path, _add_body(line, old.get(path), bodies, body_of)), index))
    if len(changes) != header["count"]:
        raise _malformed()
    manifest = rebuild(base.manifest if base else None, header["gone"], changes, header["first"])
    if manifest.digests != (statement.first, statement.rest):
        raise NotProven("manifest-false", "Cette édition a été modifiée en chemin.")
    return statement, manifest, bodies


def parse_header(line: bytes, limit: int = HEADER_LIMIT) -> Mapping[str, Any]:
    """Parse a feed's first line, of at most `limit` bytes; a number that is absent is 0, a text "", a list empty.

    Raises NotProven, with `version-unknown` for another version.
    """
    value = _parse_line(line, limit)
    if type(value.get("v")) is not int or value["v"] != VERSION:
        raise NotProven(
            "version-unknown", "Cette édition vient d’une version plus récente : mettez l’application à jour."
        )
    header: dict[str, Any] = {**_ABSENT, **dict.fromkeys(_NUMBERS, 0), **value}
    is_valid = (
        all(isinstance(header.get(name), str) for name in ("statement", "signature", "key", "base"))
        and isinstance(header["chain"], list)
        and all(_are_texts(link) and len(link) == 3 for link in header["chain"])
        and all(type(header[name]) is int and header[name] >= 0 for name in _NUMBERS)
        and _are_texts(header["gone"])
        and _are_texts(header["manifest"])
        and len(header["manifest"]) == 2
    )
    if not is_valid:
        raise _malformed()
    if header["count"] > LINES_LIMIT:
        raise _too_long()
    return header


def _add_body(
    line: Mapping[str, Any], base_digest: str | None, bodies: dict[str, str], body_of: Callable[[str], str]
) -> str:
    """Add the body of a line to `bodies` and return its digest."""
    if "body" in line:
        body = line["body"]
    elif base_digest is None:
        raise _malformed()
    elif line.get("patch") is None:
        return base_digest
    elif isinstance(line["patch"], list):
        body = apply_patch(body_of(base_digest), line["patch"])
    else:
        raise _malformed()
    if not isinstance(body, str) or not is_well_formed(body):
        raise _malformed()
    body_digest = digest(body)
    bodies[body_digest] = body
    return body_digest


def _parse_line(raw: bytes, limit: int) -> Mapping[str, Any]:
    if len(raw) > limit:
        raise _too_long()
    try:
        value = parse_json(raw)
    except ValueError as error:
        raise _malformed() from error
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _too_long() -> NotProven:
    return NotProven("feed-too-long", "Cette mise à jour est trop grande pour être vraie.")


def _malformed() -> NotProven:
    return NotProven("feed-malformed", "Cette mise à jour ne peut pas être lue.")
