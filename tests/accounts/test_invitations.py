"""One-time links: the first administrator, invited people, and resets."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from tests.support.console_client import PASSWORD, ConsoleSite

pytestmark = pytest.mark.anyio


async def first_link(console_site: ConsoleSite) -> str:
    return f"/welcome/{await console_site.people.invitations.create('')}"


async def test_the_first_link_makes_one_administrator_once(console_site: ConsoleSite) -> None:
    link, someone = await first_link(console_site), console_site.browser()
    assert "Le premier compte" in (await someone.get(link)).text
    for form, sentence in (
        ({"name": "awa", "password": "court", "again": "court"}, "trop court"),
        ({"name": "awa", "password": PASSWORD, "again": PASSWORD + "x"}, "pas les mêmes"),
        ({"name": "Awa Traoré", "password": PASSWORD, "again": PASSWORD}, "bonne forme"),
        ({"name": "awa", "password": "aaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaa"}, "se devine"),
    ):
        answer = await someone.post(link, form)
        assert (answer.status_code, sentence in answer.text) == (422, True), answer.text
    created = await someone.post(link, {"name": "awa", "password": PASSWORD, "again": PASSWORD})
    assert created.status_code == 303
    assert "Administration" in (await someone.get("/")).text
    for answer in (
        await someone.get(link),
        await someone.post(link, {"name": "b", "password": PASSWORD, "again": PASSWORD}),
    ):
        assert answer.status_code == 410
    assert await console_site.people.has_administrator()
    assert [account.name for account in await console_site.people.accounts.all()] == ["awa"]


async def test_a_new_first_link_ends_the_one_before_and_a_day_ends_any(console_site: ConsoleSite) -> None:
    old, new, someone = await first_link(console_site), await first_link(console_site), console_site.browser()
    assert (await someone.get(old)).status_code == 410
    assert (await someone.get(new)).status_code == 200
    console_site.site.clock.pass_time(hours=25)
    assert (await someone.get(new)).status_code == 410
    for odd in ("x", "A" * 32, "%01", "a" * 300):
        assert (await someone.get(f"/welcome/{odd}")).status_code == 410


async def test_an_invited_person_joins_and_a_reset_ends_everything_old(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR)
    invitation = await chief.post("/accounts", {"name": "moussa", "role": "editor", "shown": "Moussa <b>D</b>"})
    link = re.findall(r"http://site/console(/welcome/[\w-]+)", invitation.text)[0]
    assert (await console_site.browser().sign_in("moussa", "")).status_code == 422
    moussa = console_site.browser()
    assert (
        await moussa.post(link, {"password": PASSWORD, "again": PASSWORD, "role": "administrator", "name": "root"})
    ).status_code == 303
    assert (await console_site.people.accounts.get("moussa")).role is Role.EDITOR
    assert "Moussa &lt;b&gt;" in (await moussa.get("/")).text
    reset = await chief.decide("/accounts/moussa/reset")
    link = re.findall(r"http://site/console(/welcome/[\w-]+)", reset.text)[0]
    await console_site.browser().post(
        link, {"password": "encore un autre mot de passe", "again": "encore un autre mot de passe"}
    )
    assert (await moussa.get("/")).status_code == 303
    assert (await console_site.browser().sign_in("moussa", PASSWORD)).status_code == 422
    await chief.decide("/accounts/moussa/close")
    assert (await console_site.browser().sign_in("moussa", "encore un autre mot de passe")).status_code == 422
