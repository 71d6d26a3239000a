"""Bundles and receipts as text files: inbox requests carried by phones, hubs or people (PROTOCOL.md, section 13).

Twin: pwa/src/protocol/bundle.ts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from sync.errors import Refused, TooLarge
from sync.submissions.body_lines import RequestLine, read_lines, unpack
from sync.submissions.receipts import Receipt, parse_receipt_line
from sync.text_file import MAX_TEXT_LENGTH, decode_payload, split_text_file, write_text_file

BUNDLE_TAG = "kunnafoni-bundle/1"
RECEIPTS_TAG = "kunnafoni-receipts/1"
MAX_UNPACKED_BYTES = 64_000_000
MAX_LINES = 2_000

_HEADER = re.compile(r"(kunnafoni-(?:bundle|receipts)/[0-9]{1,3}) ([a-z0-9.-]{1,64})")


def write_bundle(site: str, body: bytes, comments: Iterable[str] = ()) -> str:
    """An inbox request's body as a text file. `comments`: lines that explain the file to people."""
    return write_text_file(f"{BUNDLE_TAG} {site}", body, comments)


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
    return write_text_file(f"{RECEIPTS_TAG} {site}", "".join(f"{line}\n" for line in lines).encode(), comments)


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


def read_file(kind: str, text: str, site: str) -> bytes:
    """The unpacked body of a file of this kind and site. Raises Refused, or TooLarge for what it unpacks to."""
    if len(text) > MAX_TEXT_LENGTH:
        raise Refused("bundle-too-large", "Ce fichier est trop grand.", "Partagez moins d’envois à la fois.")
    heading, payload = split_text_file(text)
    header = _HEADER.fullmatch(heading)
    if header is None or header[1].split("/")[0] != kind.split("/")[0]:
        raise bundle_broken()
    if header[1] != kind:
        raise Refused("version-unknown", "Ce fichier vient d’une application plus récente.", "Mettez celle-ci à jour.")
    if header[2] != site:
        raise Refused("site-other", "Ce fichier est pour un autre site : {site}.", site=header[2])
    try:
        return unpack(decode_payload(payload), MAX_UNPACKED_BYTES)
    except TooLarge:
        raise
    except (ValueError, Refused) as error:
        raise bundle_broken() from error
