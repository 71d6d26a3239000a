"""The alert service sleeps until alerts change or one is due, and does not poll an idle store."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from server.alerts.drafts import AlertDraft, AlertDrafts, with_schedule
from server.alerts.service import AlertService
from server.push.push_transport import PushTransport
from server.supervision.supervisor import Supervisor
from sync.alerts.timestamps import format_timestamp
from sync.content.schemas import to_fields
from sync.errors import Unavailable
from sync.store.contract import Collection, Record
from sync.store.sqlite.store import SqliteStore
from tests.support.sample_alerts import ALERT
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio

PATIENCE = 20.0  # seconds on a busy machine; far less than the alert_service's own sleep


class Watched(SqliteStore):
    """A store that records reads by collection; the next `fails` calls raise Unavailable."""

    fails = 0

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.asked: list[Collection] = []

    async def scan(self, room: Collection, start: str, end: str, limit: int = 1000) -> list[Record]:
        self.asked.append(room)
        if self.fails:
            self.fails -= 1
            raise Unavailable("store-busy", "Occupé.")
        return await super().scan(room, start, end, limit)

    async def get_many(self, room: Collection, ids: Sequence[str]) -> dict[str, Record]:
        self.asked.append(room)
        return await super().get_many(room, ids)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture
async def alert_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AlertService]:
    monkeypatch.setattr("server.alerts.service.IDLE_INTERVAL", 600.0)
    async with running_site(tmp_path) as site:
        services = site.services
        store = Watched(tmp_path / "data" / "kunnafoni.db")
        await store.prepare()
        alert_service = AlertService(
            PushTransport(services.settings, store, now), store, services.archive, services.assets, now
        )
        alert_service.sign_with(site.keys)
        supervisor = Supervisor(sleep=lambda seconds: asyncio.sleep(min(seconds, 0.05)))
        async with supervisor.running(alert_service.jobs(supervisor.start)):
            yield alert_service
        await store.close()


def draft(slug: str, seconds: float, lasts: float = 3600) -> AlertDraft:
    alert = replace(
        ALERT, slug=slug, sent="", geocode=("ML",), expires=format_timestamp(now() + datetime.timedelta(seconds=lasts))
    )
    return with_schedule(
        AlertDraft(slug, to_fields("alert", alert), "awa"),
        format_timestamp(now() + datetime.timedelta(seconds=seconds)),
    )


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110  (what another process writes sets no event here)
            await asyncio.sleep(0.02)


async def quiet(store: Watched) -> bool:
    """True if nobody reads alerts for half a second."""
    store.asked.clear()
    await asyncio.sleep(0.5)
    return Collection.CONTENT not in store.asked


async def test_an_idle_office_asks_for_no_texts_and_what_another_process_plans_goes_out(
    alert_service: AlertService, tmp_path: Path
) -> None:
    store = alert_service.store
    assert isinstance(store, Watched)
    await until(lambda: quiet(store))
    other = SqliteStore(tmp_path / "data" / "kunnafoni.db")
    await other.prepare()
    await AlertDrafts(other).save(draft("bientot", 1))
    await AlertDrafts(other).save(draft("plus-tard", 900))

    async def sent() -> bool:
        return list((await alert_service.load_library()).alerts) == ["bientot"] and [
            planned.slug for planned in await AlertDrafts(other).all()
        ] == ["plus-tard"]

    await until(sent)
    await until(lambda: quiet(store))
    await other.close()


async def test_an_alert_ends_at_its_moment(alert_service: AlertService) -> None:
    await alert_service.drafts.save(draft("courte", -1, lasts=2))

    async def over() -> bool:
        return [alert.over for alert in (await alert_service.load_library()).alerts.values()] == [True]

    await until(over)


async def test_a_store_that_does_not_answer_for_a_while_is_asked_again(alert_service: AlertService) -> None:
    store = alert_service.store
    assert isinstance(store, Watched)
    await until(lambda: quiet(store))
    store.fails = 3
    await alert_service.drafts.save(draft("malgre-tout", -1))

    async def sent() -> bool:
        return store.fails == 0 and list((await alert_service.load_library()).alerts) == ["malgre-tout"]

    await until(sent)
