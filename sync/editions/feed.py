"""Feeds: the lines that update a phone from one edition to another (PROTOCOL.md, section 4). Pure functions.

Used by servers and hubs. Receivers read with `feed_reader`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.editions.delta import EntryChange, diff_manifests
from sync.editions.edition_statement import Statement
from sync.editions.manifest import Manifest
from sync.editions.patch import make_patch
from sync.editions.trust import RotationLink

VERSION = 1


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

    def encode(self, fresh: tuple[str, str] | None = None) -> bytes:
        """The response body. `fresh`: date and signature."""
        return self.encode_header(fresh) + b"".join(self.lines)

    def encode_header(self, fresh: tuple[str, str] | None = None) -> bytes:
        header = dict(self.header)
        if fresh:
            header["fresh"] = list(fresh)
        return _encode_line(header)


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


def resume_feed(body: bytes, after: int) -> bytes:
    """A response body made by `Feed.encode`, without the first `after` lines, which the phone has already."""
    header, *lines = body.split(b"\n")[:-1]
    value = json.loads(header) | {"from": min(after, len(lines))}
    return _encode_line(value) + b"".join([line + b"\n" for line in lines[after:]])


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
