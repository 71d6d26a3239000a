"""Feeds: the lines that update a phone from one edition to another (PROTOCOL.md, section 4). Pure functions.

`write_feed` is used by servers and hubs, `read_feed` by receivers in Python; the phone's twin is
pwa/src/protocol/feed.ts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.canonical import digest
from sync.editions.delta import EntryChange, diff_manifests, rebuild
from sync.editions.edition_statement import Statement
from sync.editions.manifest import Manifest, ManifestEntry
from sync.editions.patch import apply_patch, make_patch
from sync.editions.trust import RotationLink
from sync.errors import NotProven
from sync.json_text import parse_json

VERSION = 1
HEADER_LIMIT = 64 * 1024
LINE_LIMIT = 128 * 1024
LINES_LIMIT = 20_000
BYTES_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition: statement, signature, public key, manifest, and the chain of key rotations."""

    statement: Statement
    signature: str
    key: str
    manifest: Manifest
    chain: tuple[RotationLink, ...] = ()

    @property
    def id(self) -> str:
        return self.statement.id


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: the header without `fresh` and `from`, and the change lines, each terminated by LF."""

    header: Mapping[str, Any]
    lines: tuple[bytes, ...]

    def encode(self, fresh: tuple[str, str] | None = None, after: int = 0) -> bytes:
        """The response body. `fresh`: date and signature; `after`: number of lines that the phone has already."""
        header = dict(self.header)
        if fresh:
            header["fresh"] = list(fresh)
        if after:
            header["from"] = min(after, len(self.lines))
        return _encode_line(header) + b"".join(self.lines[after:])


def edition_header(edition: Edition) -> dict[str, Any]:
    """The keys of a header that identify the edition."""
    header: dict[str, Any] = {
        "v": VERSION,
        "statement": edition.statement.bytes.decode(),
        "signature": edition.signature,
        "key": edition.key,
    }
    if edition.chain:
        header["chain"] = [list(link) for link in edition.chain]
    return header


def write_feed(edition: Edition, base: Edition | None, page_bodies: Mapping[str, str]) -> Feed:
    """The feed from `base` (None: no edition). `page_bodies`: by digest, the changed pages of both editions."""
    delta = diff_manifests(base.manifest if base else None, edition.manifest)
    lines = tuple(_encode_line(_encode_change(change, page_bodies)) for change in delta.changes)
    header = edition_header(edition) | {"base": base.id if base else "", "first": delta.first}
    if base and base.statement.epoch == edition.statement.epoch:
        del header["key"]
    if delta.gone:
        header["gone"] = list(delta.gone)
    return Feed(header | {"count": len(lines), "bytes": sum(map(len, lines))}, lines)


def needed_digests(edition: Edition, base: Edition | None) -> set[str]:
    """The digests of the pages that `write_feed` reads."""
    changes = diff_manifests(base.manifest if base else None, edition.manifest).changes
    return {change.entry.digest for change in changes} | {change.old for change in changes if change.old}


def _encode_change(change: EntryChange, bodies: Mapping[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {"path": change.entry.path}
    if change.at is not None:
        line["at"] = change.at
    if change.old == change.entry.digest:
        return line
    body = bodies[change.entry.digest]
    if change.old:
        patch = make_patch(bodies[change.old], body)
        if len(_encode_line(patch)) < len(_encode_line(body)):
            return line | {"patch": patch}
    return line | {"body": body}


def _encode_line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_feed(
    lines: Iterable[bytes],
    accept_header: Callable[[Mapping[str, Any]], Statement],
    base: Edition | None,
    body_of: Callable[[str], str],
) -> tuple[Statement, Manifest, dict[str, str]]:
    """Read a complete feed: its statement, manifest, and new bodies by digest.

    `accept_header` gets the header (statement, signature and an optional key are strings) and returns the statement if
    this receiver may accept it (see `trust.accept_statement`). `base` is the receiver's edition, `body_of` returns its
    bodies by digest. Raises NotProven; then nothing of the feed may be stored as an edition.
    """
    source = iter(lines)
    header = _parse_line(next(source, b""), HEADER_LIMIT)
    if header.get("v") != VERSION:
        raise NotProven(
            "version-unknown", "Cette édition vient d’une version plus récente : mettez l’application à jour."
        )
    if not _are_texts([header.get("statement"), header.get("signature"), header.get("key", "")]):
        raise _malformed()
    statement = accept_header(header)
    if header.get("base") != (base.id if base else "") or header.get("from"):
        raise NotProven("base-unknown", "Cette mise à jour part d’une édition qui n’est pas ici.")
    old = base.manifest.by_path() if base else {}
    bodies: dict[str, str] = {}
    changes: list[tuple[ManifestEntry, int | None]] = []
    size = 0
    for raw in source:
        size += len(raw)
        if len(changes) >= LINES_LIMIT or size > BYTES_LIMIT:
            raise NotProven("feed-too-long", "Cette mise à jour est trop grande pour être vraie.")
        line = _parse_line(raw, LINE_LIMIT)
        path = line.get("path")
        index = line.get("at")
        if not isinstance(path, str) or not (index is None or type(index) is int):
            raise _malformed()
        entry = ManifestEntry(path, _add_body(line, old.get(path), bodies, body_of))
        changes.append((entry, index))
    gone, first = header.get("gone", []), header.get("first")
    if len(changes) != header.get("count") or type(first) is not int or not _are_texts(gone):
        raise _malformed()
    manifest = rebuild(base.manifest if base else None, gone, changes, first)
    if manifest.digests != (statement.first, statement.rest):
        raise NotProven("manifest-false", "Cette édition a été modifiée en chemin.")
    return statement, manifest, bodies


def _add_body(
    line: Mapping[str, Any], base_digest: str | None, bodies: dict[str, str], body_of: Callable[[str], str]
) -> str:
    """Add the body of a line to `bodies` and return its digest."""
    if "body" in line:
        body = line["body"]
    elif base_digest is None:
        raise _malformed()
    elif "patch" not in line:
        return base_digest
    elif isinstance(line["patch"], list):
        body = apply_patch(body_of(base_digest), line["patch"])
    else:
        raise _malformed()
    if not isinstance(body, str):
        raise _malformed()
    body_digest = digest(body)
    bodies[body_digest] = body
    return body_digest


def _parse_line(raw: bytes, limit: int) -> Mapping[str, Any]:
    if len(raw) > limit:
        raise NotProven("feed-too-long", "Cette mise à jour est trop grande pour être vraie.")
    try:
        value = parse_json(raw)
    except ValueError as error:
        raise _malformed() from error
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _are_texts(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(item, str) for item in value)


def _malformed() -> NotProven:
    return NotProven("feed-malformed", "Cette mise à jour ne peut pas être lue.")
