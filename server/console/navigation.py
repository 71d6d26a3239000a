"""Lines of the console's navigation."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.account import Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, shown to those roles. `words` is a msgid."""

    path: str
    words: str
    pictogram: str
    roles: frozenset[Role]
