"""Accounts as a whole: roles that nobody can grant themselves, durable writes before answers, no secrets in store or
log.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from server.accounts.account import Role
from sync.errors import Unavailable
from sync.store.contract import Collection
from tests.support.console_client import PASSWORD, ConsoleSite
from tests.support.unsure_store import writes_not_durable

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("unsure", ["invite:", "session:", "audit:"])
async def test_no_link_session_or_deed_is_given_out_that_the_store_is_not_sure_of(
    console_site: ConsoleSite, unsure: str
) -> None:
    account = await console_site.people.accounts.create("awa", Role.EDITOR, "2026-11-24")
    deeds: dict[str, Callable[[], Awaitable[object]]] = {
        "invite:": lambda: console_site.people.invitations.create("awa"),
        "session:": lambda: console_site.people.sessions.create(account, "Firefox"),
        "audit:": lambda: console_site.site.services.audit.record("awa", "guide-approved", "eau"),
    }
    with writes_not_durable(unsure), pytest.raises(Unavailable, match="store-not-sure"):
        await deeds[unsure]()


async def test_nobody_gives_themselves_a_role(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    for path in ("/accounts/awa/role", "/accounts/awa/reset", "/accounts", "/accounts/awa/close"):
        assert (await person.post(path, {"role": "administrator", "name": "x"})).status_code == 403
    await person.decide(
        "/me/settings", {"shown": "Awa", "role": "administrator", "name": "root", "generation": "9", "closed": "1"}
    )
    account = await console_site.people.accounts.get("awa")
    assert (account.role, account.name, account.shown, account.closed) == (Role.EDITOR, "awa", "Awa", False)
    deeds = [deed for deed in await console_site.site.services.audit.list_recent(50) if deed.what == "refused"]
    assert {deed.target.removeprefix("/console/accounts") for deed in deeds} == {
        "/awa/role",
        "/awa/reset",
        "",
        "/awa/close",
    }


async def test_the_last_administrator_stays(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    for path, form in (("/accounts/awa/role", {"role": "analyst"}), ("/accounts/awa/close", {})):
        answer = await chief.decide(path, form)
        assert (answer.status_code, "dernier compte" in answer.text) == (422, True)
    await console_site.person(Role.ADMINISTRATOR, "fanta")
    assert (await chief.decide("/accounts/awa/role", {"role": "analyst"})).status_code == 303
    assert (await chief.get("/accounts")).status_code == 403  # at once, not at the next sign-in


async def test_no_secret_and_no_address_is_written_down(
    console_site: ConsoleSite, caplog: pytest.LogCaptureFixture
) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    await console_site.browser().sign_in("awa", "a password that is wrong")
    await console_site.browser().sign_in("mon mot de passe secret", "x")
    answer = await chief.post("/accounts", {"name": "moussa", "role": "editor"})
    token = re.findall(r"/welcome/([\w-]+)", answer.text)[0]
    records: list[Any] = []
    for room in Collection:
        for kind in ("a", "b"):
            records += await console_site.site.services.store.scan(
                room, kind if kind == "a" else "n", "n" if kind == "a" else "~"
            )
    text = repr(records) + caplog.text
    session = chief.client.cookies["kunnafoni-session"]
    for secret in (
        PASSWORD,
        "a password that is wrong",
        "mon mot de passe secret",
        token,
        session,
        "127.0.0.1",
        "testclient",
    ):
        assert secret not in text, secret
