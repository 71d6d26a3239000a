"""Accounts: `account:NAME` in the room `people`. A role comes from this record alone, at every request, never from what a browser sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sync.errors import Conflict, NotFound, Refused
from sync.store.contract import Collection, Record, Store, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records

NAME_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?")


class Role(StrEnum):
    """What a person may do; an account has one."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"


@dataclass(frozen=True, slots=True)
class Account:
    """`password`: an Argon2id hash, "" until the person took their link. `generation` rises with each password: sessions of an older
    one are void. `totp`: the shared secret, "" for none; `step`: the last time step a code was taken for, so that no code counts twice.
    """

    name: str
    role: Role
    shown: str = ""
    password: str = ""
    totp: str = ""
    step: int = 0
    recovery: tuple[str, ...] = ()
    generation: int = 0
    language: str = ""
    made: str = ""
    closed: bool = False
    rev: str | None = None

    @property
    def display_name(self) -> str:
        return self.shown or self.name

    @property
    def body(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "role": self.role.value,
            "shown": self.shown,
            "password": self.password,
            "totp": self.totp,
            "step": self.step,
            "recovery": list(self.recovery),
            "generation": self.generation,
            "language": self.language,
            "made": self.made,
            "closed": self.closed,
        }


def account_from_record(record: Record) -> Account:
    body: Mapping[str, Any] = record.body
    return Account(
        body["name"],
        Role(body["role"]),
        body["shown"],
        body["password"],
        body["totp"],
        body["step"],
        tuple(body["recovery"]),
        body["generation"],
        body["language"],
        body["made"],
        body["closed"],
        record.rev,
    )


class Accounts:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, name: str) -> Account | None:
        if not NAME_PATTERN.fullmatch(name):
            return None
        record = await self._store.get(Collection.PEOPLE, f"account:{name}")
        return account_from_record(record) if record else None

    async def get(self, name: str) -> Account:
        found = await self.find(name)
        if found is None:
            raise NotFound("account-unknown", "Ce compte n’existe pas.")
        return found

    async def all(self) -> list[Account]:
        return [
            account_from_record(record) async for record in iterate_records(self._store, Collection.PEOPLE, "account:")
        ]

    async def create(self, name: str, role: Role, today: str, display_name: str = "") -> Account:
        """Raises Refused for a name that has not the form, or is taken."""
        if not NAME_PATTERN.fullmatch(name):
            raise Refused(
                "account-name",
                "Ce nom de compte n’a pas la bonne forme.",
                "Lettres minuscules sans accent, chiffres, points et tirets.",
            )
        account = Account(name, role, display_name, made=today)
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(f"account:{name}", account.body)])
        return replace(
            account, rev=ensure_saved(outcome, Refused("account-taken", "Ce nom de compte est déjà pris.")).rev
        )

    async def update(self, account: Account, **changes: Any) -> Account:
        """The account with these fields changed. Raises Conflict when somebody else changed it since it was read."""
        changed = replace(account, **changes)
        [outcome] = await self._store.write(
            Collection.PEOPLE, [Write(f"account:{account.name}", changed.body, account.rev)]
        )
        meanwhile = Conflict(
            "account-changed", "Ce compte vient d’être changé ailleurs.", "Rechargez la page et recommencez."
        )
        return replace(changed, rev=ensure_saved(outcome, meanwhile).rev)

    async def change_role(self, account: Account, role: Role) -> Account:
        """Raises Refused when the site would be left without an administrator."""
        if role is not Role.ADMINISTRATOR:
            await self._require_another_administrator(account)
        return await self.update(account, role=role)

    async def close(self, account: Account) -> Account:
        """No sign-in any more; the name stays, for the journal. Raises Refused for the last administrator."""
        await self._require_another_administrator(account)
        return await self.update(
            account, closed=True, password="", totp="", recovery=(), generation=account.generation + 1
        )

    async def _require_another_administrator(self, account: Account) -> None:
        others = [
            one
            for one in await self.all()
            if one.role is Role.ADMINISTRATOR and one.password and one.name != account.name
        ]
        if account.role is Role.ADMINISTRATOR and not others:
            raise Refused(
                "last-administrator", "C’est le dernier compte d’administration : le site a besoin d’un autre avant."
            )
