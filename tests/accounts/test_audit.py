"""The audit log: refusals of strangers cost no write, and stand in it as counts."""

from __future__ import annotations

import anyio
import pytest

from server.accounts.account import Role
from server.accounts.audit import AuditEntry, AuditLog
from sync.store.contract import Collection
from tests.support.console_client import ConsoleSite
from tests.support.unsure_store import writes_not_durable

pytestmark = pytest.mark.anyio


async def refusals(console_site: ConsoleSite) -> list[AuditEntry]:
    return [entry for entry in await console_site.site.services.audit.list_recent(1000) if entry.what == "refused"]


async def test_a_thousand_forms_of_strangers_are_one_entry(console_site: ConsoleSite) -> None:
    stranger = console_site.browser()
    for number in range(200):
        answer = await stranger.client.post(
            f"/console/{'sign-in' if number % 2 else 'x'}", headers={"origin": "http://evil"}
        )
        assert answer.status_code == 403
    assert await console_site.site.services.store.scan(Collection.JOURNAL, "", "~", 10) == []
    await console_site.site.services.audit.flush_refusals()
    [entry] = await refusals(console_site)
    assert (entry.who, entry.target, entry.detail["code"], entry.detail["count"]) == (
        "",
        "console",
        "origin-other",
        200,
    )


async def test_wrong_passwords_are_counted_by_account_without_a_write(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for name in ("awa", "awa", "nobody", "un secret"):
        await console_site.browser().sign_in(name, "wrong password")
    assert await refusals(console_site) == []
    await console_site.site.services.audit.flush_refusals()
    assert {(entry.who, entry.target, entry.detail.get("count", 1)) for entry in await refusals(console_site)} == {
        ("awa", "sign-in", 2),
        ("", "sign-in", 2),
    }


async def test_a_refusal_of_somebody_signed_in_is_written_at_once_and_repetitions_are_counted(
    console_site: ConsoleSite,
) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    for _ in range(50):
        assert (await person.get("/accounts")).status_code == 403
    [entry] = await refusals(console_site)
    assert (entry.who, entry.target, entry.detail) == ("awa", "/console/accounts", {"code": "role-forbidden"})
    await console_site.site.services.audit.flush_refusals(at_end=True)
    assert sorted(entry.detail.get("count", 1) for entry in await refusals(console_site)) == [1, 49]


async def test_counts_outlive_a_store_that_is_away_and_the_end_of_the_process(console_site: ConsoleSite) -> None:
    audit = AuditLog(console_site.site.services.store, console_site.site.clock)
    audit.count_refusal("", "console", "origin-other")
    with writes_not_durable("audit:"):
        await audit.flush_refusals()
    with anyio.CancelScope() as scope:
        async with audit.writing_last():
            await audit.turn()
            audit.count_refusal("", "console", "origin-other")
            scope.cancel()
            await anyio.sleep_forever()
    counted = [entry.detail.get("count", 1) for entry in await refusals(console_site)]
    assert sum(counted) >= 2
