"""Accounts: the records `account:NAME` of the collection `people`.

Every request reads the role from this record, never from data that the browser sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from server.accounts.passkey import Passkey, passkey_from_body
from sync.errors import Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

NAME_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?")


class Role(StrEnum):
    """The permissions of a person; an account has one role."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"


PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})  # who may publish


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored.

    `shown`: the display name. `password`: an Argon2id hash, "" until the invitation is accepted. `generation` rises
    with every new password, which ends older sessions. `totp`: the shared secret, "" without a second factor. `step`:
    the time step of the last accepted code, so that none is accepted twice. `recovery`: hashes of unused recovery
    codes. `challenge`: the time of issue of the last accepted passkey challenge, for the same reason. `mail`: where
    notices go, `told`: which (server/notifications/notifier.py), `told_hour`: of the daily summary.
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
    passkeys: tuple[Passkey, ...] = ()
    challenge: int = 0
    mail: str = ""
    told: tuple[str, ...] = ()
    told_hour: int = 7
    rev: str | None = None

    @property
    def has_second_factor(self) -> bool:
        return bool(self.totp or self.passkeys)

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
            "passkeys": [passkey.body for passkey in self.passkeys],
            "challenge": self.challenge,
            "mail": self.mail,
            "told": list(self.told),
            "told_hour": self.told_hour,
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
        tuple(passkey_from_body(passkey) for passkey in body.get("passkeys", ())),  # 0.1.0 had none
        body.get("challenge", 0),
        body.get("mail", ""),
        tuple(body.get("told", ())),
        body.get("told_hour", 7),
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
        account = await self.find(name)
        if account is None:
            raise NotFound("account-unknown", "Ce compte n’existe pas.", "Revenez à la liste.")
        return account

    async def all(self) -> list[Account]:
        return [
            account_from_record(record) async for record in iterate_records(self._store, Collection.PEOPLE, "account:")
        ]

    async def create(self, name: str, role: Role, today: str, display_name: str = "") -> Account:
        """Create an account without a password. Raises Refused for a malformed or existing name."""
        if not NAME_PATTERN.fullmatch(name):
            raise Refused(
                "account-name",
                "Ce nom de compte n’a pas la bonne forme.",
                "Lettres minuscules sans accent, chiffres, points et tirets.",
            )
        account = Account(name, role, display_name, made=today)
        [outcome] = await self._store.write(Collection.PEOPLE, [Write(f"account:{name}", account.body)])
        return replace(
            account,
            rev=ensure_saved(
                outcome, Refused("account-taken", "Ce nom de compte est déjà pris.", "Choisissez-en un autre.")
            ).rev,
        )

    async def update(self, account: Account, **changes: Any) -> Account:
        """Store changed fields of an account. Raises Conflict if it was changed since it was read."""
        updated = replace(account, **changes)
        [outcome] = await self._store.write(
            Collection.PEOPLE, [Write(f"account:{account.name}", updated.body, account.rev)]
        )
        conflict = Conflict(
            "account-changed", "Ce compte vient d’être changé ailleurs.", "Rechargez la page et recommencez."
        )
        return replace(updated, rev=ensure_saved(outcome, conflict).rev)

    async def change_role(self, account: Account, role: Role) -> Account:
        """Change the role. Raises Refused for the last administrator."""
        if role is not Role.ADMINISTRATOR:
            await self._require_another_administrator(account)
        return await self.update(account, role=role)

    async def close(self, account: Account) -> Account:
        """Disable sign-in but keep the record for the audit log. Raises Refused for the last administrator."""
        await self._require_another_administrator(account)
        return await self.update(
            account,
            closed=True,
            password="",
            totp="",
            recovery=(),
            passkeys=(),
            mail="",
            generation=account.generation + 1,
        )

    async def _require_another_administrator(self, account: Account) -> None:
        others = [
            other
            for other in await self.all()
            if other.role is Role.ADMINISTRATOR and other.password and other.name != account.name
        ]
        if account.role is Role.ADMINISTRATOR and not others:
            raise Refused(
                "last-administrator",
                "C’est le dernier compte d’administration : le site a besoin d’un autre avant.",
                "Nommez d’abord une autre personne.",
            )
