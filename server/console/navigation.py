"""Lines of the console's navigation, which each area declares in its `routes.py`."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.account import Role


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One line of the navigation, shown to `roles`. `label` is a msgid."""

    path: str
    label: str
    pictogram: str
    roles: frozenset[Role]
