"""One thing that waits for somebody: what it is, since when, whose it is, and the page with its button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from server.accounts.account import Account, Role

COORDINATORS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})
WRITERS = COORDINATORS | {Role.EDITOR}
FIELD_WORKERS = COORDINATORS | {Role.FACILITATOR}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class Urgency(IntEnum):
    """The order of the list. LIFE is for what may cost lives."""

    LIFE = 0
    TODAY = 1
    WEEK = 2


@dataclass(frozen=True, slots=True)
class WorkItem:
    """`kind`: a code for notices of it. `sentence`, `button`: msgids, the former filled with `values`.

    `path`: under /console. `since`: ISO date or time, "" if unknown. `owner`: the account that has it in hand.
    `persons`: the accounts alone that see it, empty for all of `roles`; `not_for`: accounts that cannot do it.
    """

    kind: str
    urgency: Urgency
    sentence: str
    button: str
    path: str
    roles: frozenset[Role]
    since: str = ""
    owner: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    persons: frozenset[str] = frozenset()
    not_for: frozenset[str] = frozenset()

    def is_for(self, account: Account) -> bool:
        if account.name in self.not_for or account.role not in self.roles:
            return False
        return not self.persons or account.name in self.persons

    @property
    def order(self) -> tuple[int, str]:
        """The most urgent first, then the oldest."""
        return self.urgency, self.since or "9999"
