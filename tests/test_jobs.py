"""The background jobs of a server: each can fail in any way, each can meet any record, and none ends silently."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server import jobs
from server.services import Services
from server.supervision.job_state import JOB_FAILING
from server.supervision.supervisor import BackgroundJob, Supervisor
from sync.alerts.timestamps import format_timestamp
from sync.content.schemas import to_fields
from sync.store.contract import Collection, Saved, Write
from tests.support.inbox_site import SITE, InboxSite, running_inbox_site
from tests.support.phone_simulator import PhoneSimulator
from tests.support.sample_alerts import ALERT

pytestmark = pytest.mark.anyio
LONG_PAUSE = 3600.0  # seconds; jobs that wait so long have their next turn after the test
PATIENCE = 60.0  # seconds on a busy machine


class SilentCouch:
    """The administration of a CouchDB without hubs."""

    prefix = "site"

    async def list_documents(self, *_: str) -> list[dict[str, Any]]:
        return []

    async def purge(self, *_: Any) -> int:
        return 0


@asynccontextmanager
async def open_silent_couch() -> AsyncIterator[Any]:
    yield SilentCouch()


async def hurry(seconds: float) -> None:
    """Shorten pauses, but not the long ones."""
    await asyncio.sleep(0.01 if seconds < LONG_PAUSE else PATIENCE)


@pytest.fixture
async def inbox_site(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path) as running:
        yield running


def all_jobs(services: Services, inbox_site: InboxSite) -> list[BackgroundJob]:
    """The jobs of a server that signs, before a CouchDB, with daily ones due now."""
    services.open_couch = open_silent_couch
    table = [*jobs.follow_jobs(services), *jobs.other_jobs(services, inbox_site.site.keys)]
    return [replace(job, first_pause=0.0) for job in table]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  (a turn sets no event)
            await asyncio.sleep(0.01)


def raise_key_error() -> None:
    raise KeyError("text")


def raise_group() -> None:
    raise ExceptionGroup("two", [ValueError(), AttributeError()])


def raise_cancellation() -> None:
    raise asyncio.CancelledError


def recurse() -> None:
    recurse()


@pytest.mark.parametrize("failure", [raise_key_error, raise_group, raise_cancellation, recurse])
async def test_every_job_that_is_killed_runs_again(inbox_site: InboxSite, failure: Callable[[], None]) -> None:
    services = replace(inbox_site.site.services, supervisor=Supervisor(sleep=hurry))
    released = asyncio.Event()
    killed: set[str] = set()

    def kill_once(job: BackgroundJob) -> BackgroundJob:
        async def turn() -> float | None:
            if job.name not in killed:
                killed.add(job.name)
                failure()
            await released.wait()
            return await job.turn()

        return replace(job, turn=turn)

    table = all_jobs(services, inbox_site)
    names = {job.name for job in table}
    async with services.supervisor.running([kill_once(job) for job in table]):
        await until(lambda: killed == names)
        problems = services.supervisor.find_problems()
        assert {problem.job for problem in problems if problem.code == JOB_FAILING} == names
        assert [problem["code"] for problem in services.readiness.find_problems()][:1] == [JOB_FAILING]
        released.set()
        await until(lambda: all(state.last_good_turn is not None for state in services.supervisor.states.values()))
        assert names <= services.supervisor.states.keys()
        assert services.supervisor.find_problems() == []


def poisons() -> Iterable[tuple[Collection, str, Any]]:
    """Records of every kind that a job reads, without what it reads there or with something else."""
    id = "H" * 42 + "E"
    shapes: tuple[Any, ...] = ({}, {"text": 5}, {"text": "junk"}, {"text": "{}"}, {"text": "[" * 5000})
    for number, shape in enumerate(shapes):
        name = id[:-2] + "ABCDE"[number] + "E"
        yield from (
            (Collection.FEEDBACK, f"submission:aaaaa{number}:{name}", shape),
            (Collection.FEEDBACK, f"received:{name}:kayes", shape),
            (Collection.FEEDBACK, f"withdrawal:{name}", shape),
            (Collection.FEEDBACK, f"submission:bbbbb{number}:{name}x", shape),
            (Collection.FEEDBACK, f"erased:{name}x", shape),
            (Collection.FEEDBACK, f"handling:{name}", shape),
        )
    ids = {
        Collection.EDITIONS: (
            "head:xx-ML",
            "head:fr-TD",
            "fresh:fr-ML",
            "log:fr-ML:soon",
            "log:fr-ML:0000000000000001",
            "request:2026",
            "key:9",
            "edition:x",
            "page:x",
        ),
        Collection.PUSH: (
            "sub:Ax",
            "sub:bx",
            "sending:zz",
            "sent:zz",
            "shard:crue-bani-1:A",
            "shard:crue-bani-1:toolong",
            "later:crue-bani-1:Ax",
            "shown:zz:node",
        ),
        Collection.FEEDBACK: (
            "received",
            "erased",
            "handling",
            "submission",
            "answer:x",
            "file:x",
            "piece:x",
            "form:x",
        ),
        Collection.PEOPLE: ("device:x", "device", "enrolment:x", "account:x", "session:x"),
        Collection.JOURNAL: ("hub:x", "audit:x", "count:x"),
        Collection.CONTENT: ("alert:zz", "alert-draft:zz", "alert-draft:yy", "media:zz", "draft:guide:zz"),
    }
    for collection, names in ids.items():
        for name in names:
            yield collection, name, {"state": "scheduled", "at": 5} if name == "alert-draft:yy" else {}


async def test_no_record_ends_a_job_silently_and_good_ones_go_on(inbox_site: InboxSite) -> None:
    site = inbox_site.site
    services = replace(site.services, supervisor=Supervisor(sleep=hurry))
    services.sign_with(site.keys)
    store = services.store
    for collection, id, body in poisons():
        current = await store.get(collection, id)
        [outcome] = await store.write(collection, [Write(id, body, current.rev if current else None)])
        assert isinstance(outcome, Saved), id
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que le puits est fermé."})
    await store.write(
        Collection.FEEDBACK,
        [
            Write(f"submission:cccccc:{filled.id}", {"text": filled.text}),
            Write(f"received:{filled.id}:kayes", {"day": "2026-11-24"}),
        ],
    )
    at = format_timestamp(site.clock())
    body = {"kind": "alert-draft", "fields": to_fields("alert", replace(ALERT, sent="", geocode=("ML",))), "by": "awa"}
    draft = body | {"state": "scheduled", "at": at, "approved_by": ""}
    await store.write(Collection.CONTENT, [Write("alert-draft:crue-bani-1", draft)])
    table = all_jobs(services, inbox_site)
    async with services.supervisor.running(table):
        await services.supervisor.wait_for_first_turns([job.name for job in table if job.name != "push"])
        await wait_for_record(services, Collection.FEEDBACK, f"receipt:{filled.id}")
        await wait_for_record(services, Collection.CONTENT, "alert:crue-bani-1")
        await wait_for_record(services, Collection.PUSH, "sent:crue-bani-1")
        await until(lambda: "alerts/crue-bani-1" in services.current_editions.get("fr-ML").paths)
        names = {job.name for job in table}
        assert names <= services.supervisor.states.keys()
        problems = {problem.job for problem in services.supervisor.find_problems()}
        states = services.supervisor.states
        assert {name for name in names if states[name].last_good_turn is None} <= problems
        assert problems <= {"retention", "publish-requests", "keys"}, problems


async def wait_for_record(services: Services, collection: Collection, id: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await services.store.get(collection, id) is None:  # noqa: ASYNC110  (another task writes it)
            await asyncio.sleep(0.02)
