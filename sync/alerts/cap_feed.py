"""The entries of a feed of CAP messages, Atom or RSS: where each message is, and by what it is known again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.alerts.untrusted_xml import check_untrusted
from sync.canonical import digest
from sync.errors import Refused

MAX_FEED_BYTES = 1_000_000
MAX_ENTRIES = 200  # the newest, which come first
CAP_TYPES = ("application/cap+xml", "application/common-alerting-protocol+xml")
_XML_TYPES = ("application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """`key`: changes when the entry does. `address`: "" if the entry has no link."""

    key: str
    address: str


def read_cap_feed(raw: bytes, address: str) -> tuple[FeedEntry, ...]:
    """The entries, in the order of the feed. `address`: of the feed, for relative links. Raises Refused."""
    check_untrusted(raw, MAX_FEED_BYTES)
    import feedparser  # late: it costs a twentieth of a second, and most servers watch no feed

    # A stream, since feedparser would open what looks like a path or an address.
    parsed = feedparser.parse(io.BytesIO(raw), response_headers={"content-location": address}, sanitize_html=False)
    if not parsed.version:
        raise Refused("feed-not", "Ce document n’est pas un flux Atom ou RSS.")
    return tuple(dict.fromkeys(_read_entries(parsed.entries[:MAX_ENTRIES])))


def _read_entries(entries: list[Mapping[str, Any]]) -> Iterator[FeedEntry]:
    for entry in entries:
        address = _address(entry)
        parts = [str(entry.get(name, "")) for name in ("id", "updated", "published")]
        yield FeedEntry(digest("\n".join([address, *parts]).encode())[:22], address)


def _address(entry: Mapping[str, Any]) -> str:
    """The link to the message: one of CAP's type, else of XML's, else the entry's own."""
    links = [link for link in entry.get("links", []) if link.get("href")]
    for types in (CAP_TYPES, _XML_TYPES):
        for link in links:
            if str(link.get("type", "")).partition(";")[0].strip().lower() in types:
                return str(link["href"])
    return str(entry.get("link") or (links[0]["href"] if links else ""))
