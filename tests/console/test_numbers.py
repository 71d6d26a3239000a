"""Emergency numbers: a coordinator rings one, and readers see it with the day, or it goes."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.account import Role
from sync.content.schemas import from_fields
from sync.documents.model import Authorities
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite

pytestmark = pytest.mark.anyio

ID = "authorities:ML:fr"
SOURCE = {"title": "Une liste", "url": "https://a.ml/numeros", "published": "2023"}


async def with_numbers(site: ConsoleSite, *numbers: str, **shown: Any) -> None:
    store = site.site.services.store
    record = await store.get(Collection.CONTENT, ID)
    assert record
    waiting = [{"number": number, "source": SOURCE} for number in numbers]
    line = {"service": "fire", "instead": "Criez.", "to_ring": waiting, **shown}
    fields = {**record.body["fields"], "emergency": [line]}
    await store.write(Collection.CONTENT, [Write(ID, {**record.body, "fields": fields}, record.rev)])


async def offices(site: ConsoleSite) -> Authorities:
    record = await site.site.services.store.get(Collection.CONTENT, ID)
    assert record
    document: Authorities = from_fields("authorities", record.body["fields"])
    return document


async def test_a_number_that_answered_is_shown_with_day_and_caller_and_the_other_waits(
    console_site: ConsoleSite,
) -> None:
    await with_numbers(console_site, "18", "80 00 11 16")
    coordinator = await console_site.person(Role.COORDINATOR)
    page = (await coordinator.get("/numbers")).text
    assert "80 00 11 16" in page
    assert 'href="https://a.ml/numeros"' in page
    answer = await coordinator.decide("/numbers/ML:fire:18/rung", {"answered": "yes", "day": "2026-11-20"})
    assert answer.status_code == 303
    [line] = (await offices(console_site)).emergency
    assert (line.number, line.state) == ("18", "rung")
    assert line.rung and line.rung.day == "2026-11-20"
    assert [each.number for each in line.to_ring] == ["80 00 11 16"]
    assert "Essayé le 20 novembre 2026" in (await coordinator.get("/numbers")).text


@pytest.mark.parametrize("day", ["2026-11-31", "2026-1-100", "2025/12/31", "1999-12-31", "2999-01-01", ""])
async def test_a_day_that_is_none_is_refused(console_site: ConsoleSite, day: str) -> None:
    await with_numbers(console_site, "18")
    coordinator = await console_site.person(Role.COORDINATOR)
    answer = await coordinator.decide("/numbers/ML:fire:18/rung", {"answered": "yes", "day": day})
    assert answer.status_code == 400
    assert (await coordinator.get("/writing")).status_code == 200, "the library is still readable"


async def test_a_better_number_takes_the_place_of_the_one_that_readers_saw(console_site: ConsoleSite) -> None:
    shown = {"number": "18", "source": SOURCE, "rung": {"by": "Awa", "day": "2026-11-01"}}
    await with_numbers(console_site, "80 00 11 16", **shown)
    coordinator = await console_site.person(Role.COORDINATOR)
    form = {"answered": "yes", "day": "2026-11-20"}
    assert (await coordinator.decide("/numbers/ML:fire:80001116/rung", form)).status_code == 303
    [line] = (await offices(console_site)).emergency
    assert line.number == "80 00 11 16"
    assert [each.number for each in line.to_ring] == ["18"]


async def test_a_number_that_nobody_answers_is_taken_from_readers(console_site: ConsoleSite) -> None:
    shown = {"number": "18", "source": SOURCE, "rung": {"by": "Awa", "day": "2026-11-01"}}
    await with_numbers(console_site, **shown)
    coordinator = await console_site.person(Role.COORDINATOR)
    form = {"answered": "no", "day": "2026-11-20"}
    assert (await coordinator.decide("/numbers/ML:fire:18/rung", form)).status_code == 303
    [line] = (await offices(console_site)).emergency
    assert (line.number, line.rung, line.to_ring, line.state) == ("", None, (), "unknown")
    assert line.source is None, "its title may hold the number"
    assert line.instead == "Criez."


@pytest.mark.parametrize("day", ["2027-01-01", "hier", ""])
async def test_a_call_has_a_day_that_has_come(console_site: ConsoleSite, day: str) -> None:
    await with_numbers(console_site, "18")
    coordinator = await console_site.person(Role.COORDINATOR)
    answer = await coordinator.decide("/numbers/ML:fire:18/rung", {"answered": "yes", "day": day})
    assert answer.status_code == 400
    assert "Donnez le jour de l’appel" in answer.text
    [line] = (await offices(console_site)).emergency
    assert line.rung is None


async def test_only_coordinators_ring(console_site: ConsoleSite) -> None:
    editor = await console_site.person(Role.EDITOR)
    assert (await editor.get("/numbers")).status_code == 403
