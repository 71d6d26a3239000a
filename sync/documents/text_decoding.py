"""Decoding of content files: strict UTF-8, LF line ends, NFC, no control characters; errors name path and line."""

from __future__ import annotations

import re
import unicodedata

from sync.errors import BadContent

# Bytes: sixteen times the largest page; parsing a larger text would delay all other requests.
MARKDOWN_LIMIT = 256 * 1024
# Bytes: the tables of a form with its lists of choices, fifteen thousand villages.
FORM_LIMIT = 1024 * 1024
# Bytes: ten times the places and authorities of a large country with their sources.
YAML_LIMIT = 512 * 1024

# Control characters are invisible and can hide text; U+2028 and U+2029 are line ends to YAML only;
# U+202D and U+202E display a text in another order than it is stored.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ufeff\ufffe\uffff]")


def decode_text(raw: bytes, path: str, limit: int) -> str:
    """The text of `raw` with LF line ends, in NFC; a byte-order mark and CRLF are accepted. Raises BadContent."""
    if len(raw) > limit:
        raise file_too_large(path, len(raw), limit)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadContent(
            path,
            raw.count(b"\n", 0, error.start) + 1,
            "not-utf8",
            "Ce fichier n’est pas en UTF-8 : l’octet 0x{byte} n’y a pas sa place.",
            "Enregistrez-le en UTF-8 dans votre éditeur.",
            byte=f"{raw[error.start]:02x}",
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise BadContent(
            path,
            text.count("\n", 0, forbidden.start()) + 1,
            "control-character",
            "Ce texte contient un caractère invisible interdit ({name}).",
            "Effacez-le ou retapez la ligne.",
            name=f"U+{ord(forbidden.group()):04X}",
        )
    return unicodedata.normalize("NFC", text)


def file_too_large(path: str, size: int, limit: int) -> BadContent:
    return BadContent(
        path,
        0,
        "file-large",
        "Ce fichier est trop grand : {size} ko, pour {limit} ko au plus.",
        "Partagez-le en plusieurs documents.",
        size=-(-size // 1024),
        limit=limit // 1024,
    )
