"""Bundles and receipts as text files: an inbox request that another phone, a hub or a person carries (PROTOCOL.md, section 13)."""

from __future__ import annotations

import base64
import json
import re
import textwrap
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sync.errors import Refused, TooLarge
from sync.submissions.receipts import Receipt
from sync.submissions.request_lines import Line, read_lines, unpacked

BUNDLE = "kunnafoni-bundle/1"
RECEIPTS = "kunnafoni-receipts/1"
LONGEST_TEXT = 20_000_000  # characters
LARGEST_INSIDE = 64_000_000  # bytes unpacked
MOST_LINES = 2_000

_WIDTH = 76
_HEADER = re.compile(r"(kunnafoni-(?:bundle|receipts)/[0-9]{1,3}) ([a-z0-9.-]{1,64})")


def write_bundle(site: str, body: bytes, people: Iterable[str] = ()) -> str:
    """The text file of an inbox request's body; `people`: lines that say what this file is."""
    return _write(BUNDLE, site, body, people)


def read_bundle(text: str, site: str) -> list[Line]:
    """Raises Refused when this is no bundle, or another site's."""
    try:
        return read_lines(_read(BUNDLE, text, site), MOST_LINES)
    except TooLarge as error:
        raise Refused("bundle-too-large", "Ce fichier est trop grand.", "Partagez moins d’envois à la fois.") from error


def write_receipts(site: str, receipts: Mapping[str, Receipt], people: Iterable[str] = ()) -> str:
    lines = (
        json.dumps({"id": id, "receipt": receipt.as_json()}, separators=(",", ":")) for id, receipt in receipts.items()
    )
    return _write(RECEIPTS, site, "".join(f"{line}\n" for line in lines).encode(), people)


def read_receipts(text: str, site: str) -> dict[str, Receipt]:
    """What the file says; whether each is true is the signature's matter."""
    try:
        values: list[Any] = [json.loads(line) for line in _read(RECEIPTS, text, site).splitlines()]
        return {str(value["id"]): Receipt(*value["receipt"]) for value in values}
    except (ValueError, KeyError, TypeError) as error:
        raise broken() from error


def broken() -> Refused:
    return Refused(
        "bundle-broken",
        "Ce fichier n’est pas entier, ou n’est pas un fichier de Kunnafoni.",
        "Demandez qu’on le partage de nouveau.",
    )


def _write(kind: str, site: str, body: bytes, people: Iterable[str]) -> str:
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    inside = base64.b64encode(packer.compress(body) + packer.flush()).decode()
    return "\n".join([f"{kind} {site}", *(f"# {line}" for line in people), *textwrap.wrap(inside, _WIDTH)]) + "\n"


def _read(kind: str, text: str, site: str) -> bytes:
    if len(text) > LONGEST_TEXT:
        raise Refused("bundle-too-large", "Ce fichier est trop grand.", "Partagez moins d’envois à la fois.")
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    header = _HEADER.fullmatch(lines[0]) if lines else None
    if header is None or header[1].split("/")[0] != kind.split("/")[0]:
        raise broken()
    if header[1] != kind:
        raise Refused("version-unknown", "Ce fichier vient d’une application plus récente.", "Mettez celle-ci à jour.")
    if header[2] != site:
        raise Refused("site-other", "Ce fichier est pour un autre site : {site}.", site=header[2])
    inside = re.sub(r"\s", "", "".join(line for line in lines[1:] if not line.startswith("#")))
    try:
        return unpacked(base64.b64decode(inside, validate=True), LARGEST_INSIDE)
    except TooLarge:
        raise
    except (ValueError, Refused) as error:
        raise broken() from error
