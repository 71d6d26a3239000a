"""A hub that downloads pages asks headquarters by itself what changed, and writes it as headquarters has it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import anyio
import pytest
from aiohttp import encode_basic_auth, web

from server.hubs import change_polling, replication_status
from server.hubs.change_polling import ChangePolling, load_states, take_changes
from server.hubs.changes_client import ChangedRecord, ChangePage, LinkFailure, open_changes, read_page
from server.hubs.headquarters_access import HeadquartersAccess
from server.hubs.join import HubMembership, expected_replications, get_membership, join, leave
from server.hubs.replication_status import ReplicationHealth
from sync.store.administration import REPLICATOR, CouchAdmin, OpenCouchAdmin
from sync.store.contract import Collection, Store, Write
from tests.support.couch_operator import CouchOperator
from tests.support.memory_couch import MemoryCouch
from tests.support.small_site import Clock, running_site
from tests.support.store_backends import REAL_COUCHDB, fresh_prefix

pytestmark = pytest.mark.anyio
CHANNEL = "fr-ML"
SITE_URL = "https://example.org"
MEMBERSHIP = HubMembership("kayes", "http://couch.example.org", "hq", (CHANNEL,), "", SITE_URL)
EDITIONS, REGISTERS = [one for one in expected_replications("k", MEMBERSHIP) if one.is_polled]
ID = "H" * 42 + "E"
PLACES = (
    (EDITIONS, "head:fr-ML", Collection.EDITIONS),
    (EDITIONS, "fresh:fr-ML", Collection.EDITIONS),
    (EDITIONS, "key:2", Collection.EDITIONS),
    (REGISTERS, "site", Collection.CONTENT),
    (REGISTERS, "places:ML", Collection.CONTENT),
    (REGISTERS, "media:x.webp", Collection.CONTENT),
    (REGISTERS, "device:AbCd", Collection.PEOPLE),
    (REGISTERS, f"receipt:{ID}", Collection.FEEDBACK),
    (REGISTERS, f"answer:{ID}", Collection.FEEDBACK),
    (REGISTERS, f"erased:{ID}", Collection.FEEDBACK),
)
OTHERS = ("head:bm-ML", "page:x", "guide:argent:fr", f"submission:00a1b2:{ID}", "user:awa", "_design/x", "sitemap")


@dataclass
class ListedChanges:
    """Answers in their order; then nothing happens any more, or headquarters waits with the request.

    `asked`: database and cursor of each request.
    """

    answers: list[ChangePage | LinkFailure] = field(default_factory=list)
    is_taken: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    changed: anyio.Event = field(default_factory=anyio.Event)

    async def wait(
        self, database: str, id_pattern: str, cursor: str, on_answer: Callable[[], Awaitable[None]]
    ) -> ChangePage:
        if self.is_taken and not self.answers:
            await on_answer()
        self.asked.append((database, cursor))
        self.changed.set()
        if not self.answers:
            await anyio.sleep_forever()
        answer = self.answers.pop(0)
        if isinstance(answer, LinkFailure):
            raise answer
        return answer

    async def wait_for_requests(self, count: int) -> None:
        with anyio.fail_after(30):
            while len(self.asked) < count:
                self.changed = anyio.Event()
                await self.changed.wait()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with running_site(tmp_path) as site:
        yield site.services.store


async def test_what_comes_is_written_where_the_hub_looks_for_it(store: Store) -> None:
    for replication, id, collection in PLACES:
        page = ChangePage((ChangedRecord(id, {"from": "headquarters"}),), f"after {id}")
        await take_changes(ListedChanges([page]), store, MEMBERSHIP, replication)
        record = await store.get(collection, id)
        assert record
        assert record.body == {"from": "headquarters"}


async def test_what_was_not_asked_for_is_not_written(store: Store) -> None:
    for replication in (EDITIONS, REGISTERS):
        page = ChangePage(tuple(ChangedRecord(id, {"from": "headquarters"}) for id in OTHERS), "1")
        assert await take_changes(ListedChanges([page]), store, MEMBERSHIP, replication) == 0
    for id in OTHERS:
        for collection in Collection:
            record = await store.get(collection, id) if not id.startswith("_") else None
            assert record is None or record.body != {"from": "headquarters"}


async def test_headquarters_version_replaces_the_one_here_and_a_deletion_deletes(store: Store) -> None:
    await store.write(Collection.PEOPLE, [Write("device:a", {"n": 9}), Write("device:b", {"n": 1})])
    changes = tuple(ChangedRecord(f"device:{name}", body) for name, body in (("a", {"n": 1}), ("b", None), ("c", None)))
    client = ListedChanges([ChangePage(changes, "1"), ChangePage(changes, "2")])
    assert await take_changes(client, store, MEMBERSHIP, REGISTERS) == 2
    kept = await store.scan(Collection.PEOPLE, "device:", "device;")
    assert [(record.id, record.body) for record in kept] == [("device:a", {"n": 1})]
    assert await take_changes(client, store, MEMBERSHIP, REGISTERS) == 0, "nothing differs any more"
    assert client.asked == [("hq-down", ""), ("hq-down", "1")]


async def test_a_record_beyond_the_limits_of_a_store_holds_no_other_back(store: Store) -> None:
    nested: list[object] = []
    for _ in range(300):
        nested = [nested]
    bodies: tuple[dict[str, Any], ...] = ({"n": 1}, {"n": nested}, {"n": "\ud800"}, {"n": 2})
    changes = tuple(ChangedRecord(f"device:{number}", body) for number, body in enumerate(bodies))
    assert await take_changes(ListedChanges([ChangePage(changes, "1")]), store, MEMBERSHIP, REGISTERS) == 2
    kept = await store.scan(Collection.PEOPLE, "device:", "device;")
    assert [record.body for record in kept] == [{"n": 1}, {"n": 2}]


async def test_another_headquarters_or_channel_is_asked_from_the_beginning(store: Store) -> None:
    client = ListedChanges([ChangePage((), str(number)) for number in range(3)])
    await take_changes(client, store, MEMBERSHIP, EDITIONS)
    moved = HubMembership("kayes", "http://other.example.org", "hq", (CHANNEL,), "", SITE_URL)
    await take_changes(client, store, moved, EDITIONS)
    [more, _] = [
        one for one in expected_replications("k", HubMembership("kayes", "", "hq", (), "", "x")) if one.is_polled
    ]
    await take_changes(client, store, moved, more)
    assert [cursor for _, cursor in client.asked] == ["", "", ""]


async def test_the_state_says_why_nothing_comes_and_the_next_answer_mends_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_polling, "FIRST_RETRY", 0.0)

    async def healths() -> list[tuple[ReplicationHealth, str]]:
        return [(state.health, state.reason) for state in await load_states(store, MEMBERSHIP, [EDITIONS])]

    assert await healths() == [(ReplicationHealth.STARTING, "")]
    client = ListedChanges([LinkFailure(replication_status.SILENT)])
    await _follow(client, store, requests=2)
    assert await healths() == [(ReplicationHealth.CUT, replication_status.SILENT)]
    client.answers = [ChangePage((), "7")]
    await _follow(client, store, requests=4)
    assert client.asked[-1] == ("hq-editions", "7")
    assert await healths() == [(ReplicationHealth.CURRENT, "")]


async def test_a_request_that_headquarters_has_taken_mends_the_state_before_anything_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_polling, "FIRST_RETRY", 0.0)
    client = ListedChanges([ChangePage((), "7"), LinkFailure(replication_status.SILENT)], is_taken=True)
    await _follow(client, store, requests=3)
    [state] = await load_states(store, MEMBERSHIP, [EDITIONS])
    assert (state.health, state.reason, client.asked[-1]) == (ReplicationHealth.CURRENT, "", ("hq-editions", "7"))


async def test_who_answers_at_once_with_nothing_new_is_asked_after_a_pause(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = anyio.sleep

    async def note_pause(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(anyio, "sleep", note_pause)
    news = ChangePage((ChangedRecord("head:fr-ML", {"edition": "x"}),), "8")
    await _follow(ListedChanges([ChangePage((), "7"), news, news]), store, requests=4)
    assert pauses == [change_polling.FIRST_RETRY] * 2, "none after what is new"


def test_two_requests_that_are_denied_lock_no_account() -> None:
    tries = 1 + int(300 // change_polling.DENIED_PAUSE)
    assert 2 * tries < 5


async def _follow(client: ListedChanges, store: Store, requests: int) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ChangePolling(cast("OpenCouchAdmin", None), store).follow, client, MEMBERSHIP, EDITIONS)
        await client.wait_for_requests(requests)
        tasks.cancel_scope.cancel()


async def test_a_turn_asks_both_databases_and_ends_when_the_hub_leaves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_polling, "LOOK_INTERVAL", 0.05)
    couch, headquarters, client = (
        MemoryCouch(prefix="k"),
        MemoryCouch(account="hq-hub-kayes.1", prefix="hq"),
        ListedChanges(),
    )
    opened: list[HeadquartersAccess] = []

    @asynccontextmanager
    async def open_couch() -> AsyncIterator[CouchAdmin]:
        yield couch

    @asynccontextmanager
    async def open_listed(access: HeadquartersAccess) -> AsyncIterator[ListedChanges]:
        opened.append(access)
        yield client

    polling = ChangePolling(open_couch, store, open_listed)
    assert await polling.turn() == 0.05, "no hub"
    await join(couch, headquarters, store, [CHANNEL], Clock().now)
    assert await polling.turn() == 0.05, "CouchDB brings all"
    earlier = set(couch.databases[REPLICATOR])
    await join(couch, headquarters, store, [CHANNEL], Clock().now, SITE_URL)
    assert len(earlier) == 6
    assert set(couch.databases[REPLICATOR]) == {"kunnafoni-k-feedback", "kunnafoni-k-journal"}
    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(polling.turn)
            await client.wait_for_requests(2)
            await leave(couch, store)
    assert sorted(client.asked) == [("hq-down", ""), ("hq-editions", "")]
    assert opened == [HeadquartersAccess(headquarters.url, "hq", "hq-hub-kayes.1", "secret")]
    assert couch.databases[REPLICATOR] == {}
    assert await get_membership(store) is None


async def _ignore() -> None:
    pass


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def _couch_that_answers(handler: Handler) -> AsyncIterator[HeadquartersAccess]:
    application = web.Application()
    application.router.add_post("/hq-down/_changes", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield HeadquartersAccess(f"http://127.0.0.1:{runner.addresses[0][1]}", "hq", "kayes", "mot de passe")
    finally:
        await runner.cleanup()


async def test_a_request_waits_names_its_records_and_reads_whole_documents() -> None:
    asked: list[web.Request] = []
    taken: list[int] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        assert await request.json() == {"selector": {"_id": {"$regex": "^device:"}}}
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"results":[\n')
        await asyncio.sleep(0.05)
        row = {"id": "device:a", "seq": "3-x", "doc": {"_id": "device:a", "_rev": "1-x", "key": "k"}}
        gone = {"id": "device:b", "seq": "3-x", "deleted": True, "doc": {"_id": "device:b", "_deleted": True}}
        rest = {"results": [row, gone], "last_seq": "3-x", "pending": 0}
        await response.write(b"\n" + json.dumps(rest).encode().removeprefix(b'{"results": ['))
        return response

    async def note_answer() -> None:
        taken.append(len(asked))

    async with _couch_that_answers(answer) as access, open_changes(access) as client:
        page = await client.wait("hq-down", "^device:", "2-a/b+c", note_answer)
    assert taken == [1]
    assert page == ChangePage((ChangedRecord("device:a", {"key": "k"}), ChangedRecord("device:b", None)), "3-x")
    [request] = asked
    assert request.query["since"] == "2-a/b+c"
    assert request.query["feed"] == "longpoll"
    assert request.headers["authorization"] == encode_basic_auth("kayes", "mot de passe")


@pytest.mark.parametrize(
    ("status", "is_denied", "reason"),
    [
        (401, True, "l’autre machine refuse le compte"),
        (403, True, "le compte n’a pas ce droit sur l’autre machine"),
        (404, False, "une base manque sur l’autre machine"),
        (500, False, replication_status.UNKNOWN_ERROR),
        (302, False, replication_status.UNKNOWN_ERROR),
    ],
)
async def test_a_refusal_is_told_by_its_reason(status: int, is_denied: bool, reason: str) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"location": "http://127.0.0.1:9/"} if status == 302 else {})

    async with _couch_that_answers(refuse) as access, open_changes(access) as client:
        with pytest.raises(LinkFailure) as raised:
            await client.wait("hq-down", "^device:", "", _ignore)
    assert (raised.value.is_denied, raised.value.reason) == (is_denied, reason)


async def test_nobody_who_listens_is_silence() -> None:
    async with open_changes(HeadquartersAccess("http://127.0.0.1:9", "hq", "kayes", "x")) as client:
        with pytest.raises(LinkFailure) as raised:
            await client.wait("hq-down", "^device:", "", _ignore)
    assert raised.value.reason == replication_status.SILENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"results":[',
        b"[]",
        b'{"results":[]}',
        b'{"results":[1],"last_seq":"1"}',
        b'{"results":[{"id":"site"}],"last_seq":"1"}',
        b'{"results":[{"id":"site","doc":null}],"last_seq":"1"}',
        b'{"results":[{"id":1,"doc":{}}],"last_seq":"1"}',
        b'{"results":[],"last_seq":1}',
    ],
)
def test_an_answer_that_is_cut_or_of_another_shape_is_a_failure(data: bytes) -> None:
    with pytest.raises(LinkFailure):
        read_page(data)


if REAL_COUCHDB:

    async def test_a_locked_account_is_denied_and_works_again_under_another_name() -> None:
        """CouchDB locks an account after five wrong passwords: then the right one is refused as well."""
        couch, names = CouchOperator(REAL_COUCHDB), [fresh_prefix() for _ in range(2)]
        parts = urlsplit(REAL_COUCHDB)
        url = f"http://{parts.hostname}:{parts.port}"
        database = names[0]
        users = {name: {"type": "user", "name": name, "roles": ["reader"], "password": "right"} for name in names}
        try:
            assert couch.ask("PUT", f"/{database}")[0] in (201, 202)
            couch.ask("PUT", f"/{database}/_security", {"members": {"roles": ["reader"]}})
            couch.ask("PUT", f"/{database}/device:a", {"key": "k"})
            for name, user in users.items():
                assert couch.ask("PUT", f"/_users/org.couchdb.user:{name}", user)[0] in (201, 202)

            async def ask(name: str, password: str) -> ChangePage | LinkFailure:
                async with open_changes(HeadquartersAccess(url, "x", name, password)) as client:
                    try:
                        return await client.wait(database, "^device:", "", _ignore)
                    except LinkFailure as failure:
                        return failure

            refusals = [await ask(names[0], "wrong") for _ in range(6)]
            refusals.append(await ask(names[0], "right"))
            assert all(isinstance(refusal, LinkFailure) and refusal.is_denied for refusal in refusals)
            page = await ask(names[1], "right")
            assert isinstance(page, ChangePage)
            assert page.records == (ChangedRecord("device:a", {"key": "k"}),)
        finally:
            couch.ask("DELETE", f"/{database}")
            for name in names:
                status, user = couch.ask("GET", f"/_users/org.couchdb.user:{name}")
                if status == 200:
                    couch.ask("DELETE", f"/_users/org.couchdb.user:{name}?rev={user['_rev']}")
