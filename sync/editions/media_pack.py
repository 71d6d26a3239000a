"""Recordings as text files that people hand on (PROTOCOL.md, section 16), for phones that keep the pages naming them.

Used by the command `pack`. Twin: pwa/src/protocol/media-pack.ts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from sync.canonical import base64url_decode, base64url_encode, digest
from sync.editions.pack import malformed_pack, split_pack, unknown_pack_version, unpack_payload
from sync.errors import NotProven
from sync.json_text import parse_json
from sync.text_file import write_text_file

MEDIA_PREFIX = "kunnafoni-media/"
MEDIA_TAG = f"{MEDIA_PREFIX}1"
MEDIA_LIMIT = 4_000_000  # characters of a file, unless somebody asks for another size: what a small phone opens
RECORDING = re.compile(r"/media/([A-Za-z0-9_-]{43}\.(?:opus|m4a))")

_HEADING = re.compile(r"(kunnafoni-media/[0-9]{1,3}) ([a-z0-9.-]{1,64})(?: ([0-9]{1,3}) ([0-9]{1,3}))?")
_NAME = re.compile(r"[A-Za-z0-9_-]{43}\.(?:webp|opus|m4a)")
_GROWTH = 1.4  # characters of a file for a byte of a medium


def write_media_packs(
    site: str, media: Mapping[str, bytes], comments: Iterable[str] = (), limit: int = MEDIA_LIMIT
) -> list[str]:
    """Numbered files of about `limit` characters, each of whole media by their names; a long one has its own file."""
    groups: list[list[str]] = []
    room = 0.0
    for name, data in media.items():
        size = len(data) * _GROWTH
        if size > room or not groups:
            groups.append([])
            room = limit
        groups[-1].append(name)
        room -= size
    kept = tuple(comments)
    return [
        write_text_file(_heading(site, number, len(groups)), _write_lines(group, media), kept)
        for number, group in enumerate(groups, 1)
    ]


def read_media_pack(text: str) -> tuple[str, dict[str, bytes]]:
    """The site and the media of a file. Raises NotProven unless each has the digest in its name."""
    heading, payload = split_pack(text)
    read = _HEADING.fullmatch(heading)
    if read is None:
        raise malformed_pack()
    if read[1] != MEDIA_TAG:
        raise unknown_pack_version()
    *rows, last = unpack_payload(payload).split(b"\n")
    if last or not rows:
        raise malformed_pack()
    return read[2], dict(map(_parse_medium, rows))


def _heading(site: str, number: int, count: int) -> str:
    return f"{MEDIA_TAG} {site}" + (f" {number} {count}" if count > 1 else "")


def _write_lines(names: Sequence[str], media: Mapping[str, bytes]) -> bytes:
    lines = ({"name": name, "data": base64url_encode(media[name])} for name in names)
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()


def _parse_medium(line: bytes) -> tuple[str, bytes]:
    try:
        value = parse_json(line)
        name, data = value["name"], base64url_decode(value["data"])
    except (ValueError, TypeError, KeyError) as error:
        raise malformed_pack() from error
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise malformed_pack()
    if digest(data) != name.partition(".")[0]:
        raise NotProven(
            "manifest-false", "Cet enregistrement a été abîmé en chemin.", "Demandez le fichier à quelqu’un d’autre."
        )
    return name, data
