"""Bundles and receipts as text files: inbox requests carried by phones, hubs or people (PROTOCOL.md, section 13).

Twin: pwa/src/protocol/bundle.ts.
"""

from __future__ import annotations

import base64
import json
import re
import textwrap
import zlib
from collections.abc import Iterable, Mapping

from sync.errors import Refused, TooLarge
from sync.submissions.body_lines import RequestLine, read_lines, unpack
from sync.submissions.receipts import Receipt, parse_receipt_line

BUNDLE_TAG = "kunnafoni-bundle/1"
RECEIPTS_TAG = "kunnafoni-receipts/1"
MAX_TEXT_LENGTH = 20_000_000  # characters
MAX_UNPACKED_BYTES = 64_000_000
MAX_LINES = 2_000

_LINE_WIDTH = 76
_HEADER = re.compile(r"(kunnafoni-(?:bundle|receipts)/[0-9]{1,3}) ([a-z0-9.-]{1,64})")
_LINE_END = re.compile(r"[\r\n]+")
_BLANK = re.compile(r"[ \t]+")


def write_bundle(site: str, body: bytes, comments: Iterable[str] = ()) -> str:
    """An inbox request's body as a text file. `comments`: lines that explain the file to people."""
    return _write_file(BUNDLE_TAG, site, body, comments)


def read_bundle(text: str, site: str) -> list[RequestLine]:
    """Read the lines of a bundle. Raises Refused if the text is not a bundle of this site."""
    try:
        body = read_file(BUNDLE_TAG, text, site)
        return read_lines(body, MAX_LINES) if body else []
    except TooLarge as error:
        raise Refused("bundle-too-large", "Ce fichier est trop grand.", "Partagez moins d’envois à la fois.") from error


def write_receipts(site: str, receipts: Mapping[str, Receipt], comments: Iterable[str] = ()) -> str:
    lines = (
        json.dumps({"id": id, "receipt": receipt.as_json()}, separators=(",", ":")) for id, receipt in receipts.items()
    )
    return _write_file(RECEIPTS_TAG, site, "".join(f"{line}\n" for line in lines).encode(), comments)


def read_receipts(text: str, site: str) -> dict[str, Receipt]:
    """Read receipts by submission id, without verifying their signatures. Raises Refused."""
    try:
        body = read_file(RECEIPTS_TAG, text, site)
        lines = body.split(b"\n")
        if lines.pop() or len(lines) > MAX_LINES:
            raise bundle_broken()
        return dict(map(parse_receipt_line, lines))
    except (ValueError, TooLarge) as error:
        raise bundle_broken() from error


def bundle_broken() -> Refused:
    return Refused(
        "bundle-broken",
        "Ce fichier n’est pas entier, ou n’est pas un fichier de Kunnafoni.",
        "Demandez qu’on le partage de nouveau.",
    )


def _write_file(kind: str, site: str, body: bytes, comments: Iterable[str]) -> str:
    compressor = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    payload = base64.b64encode(compressor.compress(body) + compressor.flush()).decode()
    lines = [f"{kind} {site}", *(f"# {line}" for line in comments), *textwrap.wrap(payload, _LINE_WIDTH)]
    return "\n".join(lines) + "\n"


def read_file(kind: str, text: str, site: str) -> bytes:
    """The unpacked body of a file of this kind and site. Raises Refused, or TooLarge for what it unpacks to."""
    if len(text) > MAX_TEXT_LENGTH:
        raise Refused("bundle-too-large", "Ce fichier est trop grand.", "Partagez moins d’envois à la fois.")
    lines = [line for part in _LINE_END.split(text.removeprefix("\ufeff")) if (line := part.strip(" \t"))]
    header = _HEADER.fullmatch(lines[0]) if lines else None
    if header is None or header[1].split("/")[0] != kind.split("/")[0]:
        raise bundle_broken()
    if header[1] != kind:
        raise Refused("version-unknown", "Ce fichier vient d’une application plus récente.", "Mettez celle-ci à jour.")
    if header[2] != site:
        raise Refused("site-other", "Ce fichier est pour un autre site : {site}.", site=header[2])
    payload = _BLANK.sub("", "".join(line for line in lines[1:] if not line.startswith("#")))
    try:
        packed = base64.b64decode(payload, validate=True)
        if base64.b64encode(packed).decode() != payload:
            raise bundle_broken()
        return unpack(packed, MAX_UNPACKED_BYTES)
    except TooLarge:
        raise
    except (ValueError, Refused) as error:
        raise bundle_broken() from error
