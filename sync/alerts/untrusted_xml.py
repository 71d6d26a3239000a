"""XML from outside, parsed without obeying it: no document type, no entity, no file, no request.

Expat reads the document once in bounded memory and stops at a document type, at too many elements or at too deep ones;
only what passes is built as a tree by lxml, which the checks of signatures need. Used for CAP messages and feeds.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from lxml import etree

from sync.errors import Refused, TooLarge

MAX_ELEMENTS = 50_000
MAX_DEPTH = 40


def check_untrusted(raw: bytes, max_bytes: int) -> None:
    """Raise Refused for what is too large, malformed, or brings a document type."""
    if len(raw) > max_bytes:
        raise TooLarge(
            "xml-large", "Ce document fait {bytes} octets, pour {most} au plus.", bytes=len(raw), most=max_bytes
        )
    scan = _Scan()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = scan.refuse_document_type
    parser.StartElementHandler = scan.enter
    parser.EndElementHandler = scan.leave
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that nobody knows
        raise Refused(
            "xml-malformed",
            "Ce document n’est pas du XML bien formé (ligne {line}).",
            line=getattr(error, "lineno", 1),
        ) from error


def parse_untrusted(raw: bytes, max_bytes: int) -> Any:
    """The root element. Raises Refused as `check_untrusted` does."""
    check_untrusted(raw, max_bytes)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(
            "xml-malformed",
            "Ce document n’est pas du XML bien formé (ligne {line}).",
            line=getattr(error, "lineno", None) or 1,
        ) from error


class _Scan:
    """The counts of one pass over a document."""

    def __init__(self) -> None:
        self._depth = 0
        self._count = 0

    def refuse_document_type(self, *_: object) -> None:
        raise Refused(
            "xml-document-type",
            "Ce document apporte un « DOCTYPE », qui peut faire lire des fichiers ou des adresses : il est refusé.",
            "Rien n’a été lu ni demandé.",
        )

    def enter(self, *_: object) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise TooLarge("xml-complex", "Ce document a trop d’éléments, ou trop profonds.")

    def leave(self, *_: object) -> None:
        self._depth -= 1
