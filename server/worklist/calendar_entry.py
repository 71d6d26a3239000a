"""One thing with a day in the calendar of reviews: what falls due, whose it is, and the page where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.accounts.account import Account, Role


class EntryKind(StrEnum):
    """The kinds, in the order of the filter."""

    TEXT = "text"
    TRANSLATION = "translation"
    FACT = "fact"
    NUMBER = "number"
    CONSENT = "consent"
    PUBLICATION = "publication"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """`day`: ISO date. `at`: UTC timestamp of what happens at an hour, else "".

    `sentence`, `button`: msgids, the former filled with `values`. `path`: under /console. `owner`: the account that
    approved the document or scheduled the event, "" for what came from files.
    """

    day: str
    kind: EntryKind
    sentence: str
    button: str
    path: str
    roles: frozenset[Role]
    owner: str = ""
    at: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def is_for(self, account: Account) -> bool:
        return account.role in self.roles

    @property
    def order(self) -> tuple[str, str, str]:
        """By day and hour, then by kind, so that one person's calls stand together."""
        return self.day, self.at, self.kind
