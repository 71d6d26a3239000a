"""Packs: an edition's signed manifest and some or all of its pages as text files that people hand on (PROTOCOL.md,
section 16).

Used by the command `pack`. Twin: pwa/src/protocol/pack.ts.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.canonical import digest, is_well_formed
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition, edition_header
from sync.editions.feed_reader import BYTES_LIMIT, LINE_LIMIT, parse_header
from sync.editions.manifest import ENTRY_LIMIT, Manifest, parse_manifest
from sync.errors import NotProven
from sync.json_text import parse_json
from sync.text_file import MAX_TEXT_LENGTH, decode_payload, split_text_file, write_text_file

PACK_TAG = "kunnafoni-pack/1"
HEADER_LIMIT = 4 * 1024 * 1024  # bytes: a manifest of 10,000 entries in JSON

_HEADING = re.compile(
    r"(kunnafoni-pack/[0-9]{1,3}) ([a-z0-9.-]{1,64}) ([a-z]{2,3}-[A-Z]{2})(?: ([0-9]{1,3}) ([0-9]{1,3}))?"
)
_WITHIN_HTML = re.compile(r"[ \t\r\n\ufeff]*<[\s\S]*?<!--[ \t\r\n]*(kunnafoni-pack/[\s\S]*?)-->")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read: what the edition's publisher signed, and the pages that are in it, by digest."""

    statement: Statement
    manifest: Manifest
    bodies: dict[str, str]
    fresh: tuple[str, str] | None


def write_pack(
    edition: Edition,
    bodies: Sequence[str],
    fresh: tuple[str, str] | None = None,
    comments: Iterable[str] = (),
    part: tuple[int, int] | None = None,
) -> str:
    """A pack of these pages of the edition. `fresh`: date and signature. `part`: its number, from 1, and how many."""
    statement = edition.statement
    header = edition_header(edition) | {"manifest": list(edition.manifest.texts)}
    if fresh:
        header["fresh"] = list(fresh)
    heading = f"{PACK_TAG} {statement.site} {statement.channel}"
    if part and part[1] > 1:
        heading += f" {part[0]} {part[1]}"
    lines = [_encode_line(header), *(_encode_line({"body": body}) for body in bodies)]
    return write_text_file(heading, b"".join(lines), comments)


def write_packs(
    edition: Edition,
    bodies: Sequence[str],
    fresh: tuple[str, str] | None = None,
    comments: Iterable[str] = (),
    limit: int = MAX_TEXT_LENGTH,
) -> list[str]:
    """Numbered packs of at most `limit` characters that together hold these pages, in their order.

    A pack of a single page may be longer: its manifest and one page are the least that can be proven.
    """
    kept = tuple(comments)
    count = 1
    while True:
        size = -(-len(bodies) // count) or 1
        groups = [bodies[start : start + size] for start in range(0, len(bodies), size)] or [()]
        packs = [
            write_pack(edition, group, fresh, kept, (number, len(groups))) for number, group in enumerate(groups, 1)
        ]
        longest = max(map(len, packs))
        if longest <= limit or size == 1:
            return packs
        count = min(max(count + 1, count * longest // limit), len(bodies))


def read_pack(text: str, accept_header: Callable[[Mapping[str, Any]], Statement]) -> Pack:
    """Read a pack of which every page is in the signed manifest.

    `accept_header` gets the feed header, its absent keys filled, and returns the statement if this receiver may accept
    it. Raises NotProven; then nothing of the pack may be kept.
    """
    body = _unpack(text)
    lines = body.split(b"\n")
    if lines.pop() or not lines or len(lines) > ENTRY_LIMIT + 1:
        raise malformed_pack()
    header = parse_header(lines[0], HEADER_LIMIT)
    statement = accept_header(header)
    manifest = parse_manifest(*header["manifest"])
    if manifest.digests != (statement.first, statement.rest):
        raise _false()
    named = {entry.digest for entry in manifest.entries}
    bodies: dict[str, str] = {}
    for line in lines[1:]:
        page = _parse_body(line)
        name = digest(page)
        if name not in named:
            raise _false()
        bodies[name] = page
    fresh = header.get("fresh")
    if not (isinstance(fresh, list) and len(fresh) == 2 and all(isinstance(item, str) for item in fresh)):
        return Pack(statement, manifest, bodies, None)
    return Pack(statement, manifest, bodies, (fresh[0], fresh[1]))


def split_pack(text: str) -> tuple[str, str]:
    """The heading and the base64 of a file. Raises NotProven for one that is too long."""
    if len(text) > MAX_TEXT_LENGTH:
        raise NotProven("pack-too-large", "Ce fichier est trop grand.", "Demandez le fichier à qui l’a fait.")
    return split_text_file(text)


def unpack_payload(payload: str) -> bytes:
    """The lines of a file's base64, compressed or not. Raises NotProven."""
    try:
        body = decode_payload(payload)
        lines = _gunzip(body) if body.startswith(_GZIP) else body
        lines.decode()
    except (ValueError, zlib.error) as error:
        raise malformed_pack() from error
    return lines


def _unpack(text: str) -> bytes:
    """The lines of a pack. Raises NotProven."""
    page = _WITHIN_HTML.match(text) if len(text) <= MAX_TEXT_LENGTH else None
    heading, payload = split_pack(page[1] if page else text)
    read = _HEADING.fullmatch(heading)
    if read is None:
        raise malformed_pack()
    if read[1] != PACK_TAG:
        raise unknown_pack_version()
    return unpack_payload(payload)


def _gunzip(body: bytes) -> bytes:
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    lines = decompressor.decompress(body, BYTES_LIMIT)
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("truncated, or more than a pack may hold")
    return lines


def _parse_body(line: bytes) -> str:
    try:
        value = parse_json(line) if len(line) <= LINE_LIMIT else None
    except ValueError as error:
        raise malformed_pack() from error
    body = value.get("body") if isinstance(value, dict) else None
    if not isinstance(body, str) or not is_well_formed(body):
        raise malformed_pack()
    return body


def _encode_line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def malformed_pack() -> NotProven:
    """The refusal of what is no pack, or not whole."""
    return NotProven(
        "pack-malformed",
        "Ce fichier n’est pas entier, ou n’est pas un fichier de Kunnafoni.",
        "Demandez qu’on le partage de nouveau.",
    )


def unknown_pack_version() -> NotProven:
    """The refusal of a later format."""
    return NotProven("version-unknown", "Ce fichier vient d’une application plus récente.", "Mettez celle-ci à jour.")


def _false() -> NotProven:
    return NotProven(
        "manifest-false", "Cette édition a été modifiée en chemin.", "Demandez le fichier à quelqu’un d’autre."
    )
