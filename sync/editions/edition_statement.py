"""The signed statement of an edition, and the bytes of its daily freshness (PROTOCOL.md, section 3).

Twin: pwa/src/protocol/edition-statement.ts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from sync.canonical import canonical, digest
from sync.editions.manifest import DIGEST
from sync.errors import NotProven
from sync.json_text import parse_json

STATEMENT_TAG = "kunnafoni-edition/1"
FRESHNESS_TAG = "kunnafoni-fresh/1"

SITE = re.compile(r"[a-z0-9.-]{1,64}")
CHANNEL = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PUBLIC_KEY = re.compile(r"[A-Za-z0-9_-]{87}|")


@dataclass(frozen=True)
class Statement:
    """The signed statement. `date`: UTC day of publication. `sealing_key`: "" if the site accepts no sealed answers."""

    site: str
    channel: str
    epoch: int
    number: int
    date: str
    sealing_key: str
    next_key_digest: str
    first: str
    rest: str

    @property
    def bytes(self) -> bytes:
        return canonical(
            [
                STATEMENT_TAG,
                self.site,
                self.channel,
                self.epoch,
                self.number,
                self.date,
                self.sealing_key,
                self.next_key_digest,
                self.first,
                self.rest,
            ]
        )

    @cached_property
    def id(self) -> str:
        """The edition's id, computed once: every answer to a phone compares it."""
        return digest(self.bytes)

    @property
    def order(self) -> tuple[int, int]:
        return self.epoch, self.number


def parse_statement(text: str) -> Statement:
    """Parse a statement. Raises NotProven unless it is canonical JSON; `version-unknown` for another version."""
    try:
        values = parse_json(text)
        if isinstance(values, list) and values[:1] != [STATEMENT_TAG]:
            raise NotProven(
                "version-unknown", "Cette édition vient d’une version plus récente : mettez l’application à jour."
            )
        _, site, channel, epoch, number, date, sealing_key, next_key_digest, first, rest = values
        statement = Statement(site, channel, epoch, number, date, sealing_key, next_key_digest, first, rest)
        is_valid = (
            all(isinstance(value, str) for value in (site, channel, date, sealing_key, next_key_digest, first, rest))
            and type(epoch) is int
            and epoch >= 1
            and type(number) is int
            and number >= 0
            and bool(SITE.fullmatch(site) and CHANNEL.fullmatch(channel) and DATE.fullmatch(date))
            and bool(_PUBLIC_KEY.fullmatch(sealing_key))
            and all(DIGEST.fullmatch(value) for value in (next_key_digest, first, rest))
            and statement.bytes == text.encode()
        )
    except (ValueError, TypeError) as error:
        raise NotProven("statement-malformed", "La signature de cette édition ne peut pas être lue.") from error
    if not is_valid:
        raise NotProven("statement-malformed", "La signature de cette édition ne peut pas être lue.")
    return statement


def next_number(previous: int, now: int) -> int:
    """The number of the next edition; it always increases, even after a clock set back. `now`: UTC seconds."""
    return max(previous + 1, now)


def freshness_bytes(statement: Statement, date: str) -> bytes:
    """The bytes that the publisher signs once a day: on that date this edition was the head."""
    return canonical([FRESHNESS_TAG, statement.site, statement.channel, statement.epoch, statement.number, date])
