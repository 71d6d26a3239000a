"""The feed over HTTP, by sync/PROTOCOL.md."""

from __future__ import annotations

import datetime
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import brotli
import pytest

from server.keys.keyring import rotate
from server.reader import feeds
from server.web.fair_queue import FairQueue
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.edition_statement import freshness_bytes, parse_statement
from sync.editions.manifest import Manifest, parse_manifest
from sync.editions.signing import verify_signature
from tests.support.feed_reader import FeedReader
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio

OTHER = {"guides/argent/fr.md": "---\ntitle: Argent\n---\nGardez votre argent chez vous. Encore un mot.\n"}


async def test_a_new_phone_gets_everything_in_one_answer_and_then_nothing_new(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        phone = FeedReader(site)
        assert await phone.pull() == 2
        assert phone.edition and phone.edition.id == site.services.current_editions.get("fr-ML").edition.id


async def test_a_week_of_edits_is_one_small_answer(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        phone = FeedReader(site)
        await phone.pull()
        await site.publish(OTHER)
        assert phone.edition
        answer = await site.client.get(
            "/feed/fr-ML", params={"have": phone.edition.id}, headers={"accept-encoding": "br"}
        )
        header, *lines = answer.content.decode().splitlines()
        assert json.loads(header)["base"] == phone.edition.id
        assert [json.loads(line)["path"] for line in lines] == ["guides/argent"]
        assert "patch" in json.loads(lines[0])
        assert await phone.pull() == 2


async def test_nothing_new_is_a_204_that_carries_todays_word(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        head = site.services.current_editions.get("fr-ML").edition
        answer = await site.client.get("/feed/fr-ML", params={"have": head.id})
        assert (answer.status_code, answer.content) == (204, b"")
        date, signature = answer.headers["kunnafoni-fresh"].split()
        assert date == "2026-11-24"
        assert verify_signature(site.keys.signer.public_key, freshness_bytes(head.statement, date), signature)
        assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) + 26 < 400


async def test_freshness_is_signed_again_each_day_and_only_once(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert await site.services.publisher.confirm_heads(site.keys, site.services.current_editions.channels) == 0
        site.clock.pass_time(days=1)
        assert await site.services.publisher.confirm_heads(site.keys, site.services.current_editions.channels) == len(
            site.services.current_editions.channels
        )
        assert await site.services.publisher.confirm_heads(site.keys, site.services.current_editions.channels) == 0
        await site.services.current_editions.load()
        fresh = site.services.current_editions.get("fr-ML").freshness
        assert fresh and fresh.date == "2026-11-25"


async def test_a_broken_download_goes_on_where_it_broke(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        id = site.services.current_editions.get("fr-ML").edition.id
        whole = (await site.client.get("/feed/fr-ML", params={"to": id})).content.splitlines(keepends=True)
        for after in (1, 7, len(whole) - 1):
            rest = (await site.client.get("/feed/fr-ML", params={"to": id, "after": after})).content.splitlines(
                keepends=True
            )
            assert rest[1:] == whole[1 + after :]
            assert json.loads(rest[0]) == json.loads(whole[0]) | {"from": after}


async def test_what_broken_downloads_share_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_site(tmp_path) as site:
        calls: Counter[str] = Counter()
        for name in ("write_feed", "compress", "edition_header"):
            monkeypatch.setattr(feeds, name, counted(calls, name))
        id = site.services.current_editions.get("fr-ML").edition.id
        for _ in range(5):
            for after in range(1, 7):
                assert (await site.client.get("/feed/fr-ML", params={"to": id, "after": after})).status_code == 200
            assert (await site.client.get("/feed/fr-ML/manifest", params={"to": id})).status_code == 200
        assert calls == {"write_feed": 1, "compress": 1 + 6 + 1, "edition_header": 1}


async def test_a_page_asked_often_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_site(tmp_path) as site:
        head = site.services.current_editions.get("fr-ML")
        first, second = list(head.bodies)[:2]
        looked_up: list[int] = []
        load_bodies = site.services.current_editions.load_bodies

        async def count_names(names: Iterable[str]) -> dict[str, str]:
            bodies = await load_bodies(names)
            looked_up.append(len(bodies))
            return bodies

        monkeypatch.setattr(site.services.current_editions, "load_bodies", count_names)
        answer = await site.client.post("/feed/fr-ML/pages", json=[first] * 300 + [second] + [first] * 211)
        bodies = [json.loads(line)["body"] for line in answer.text.splitlines()]
        assert bodies == [head.bodies[first]] * 300 + [head.bodies[second]] + [head.bodies[first]] * 211
        assert looked_up == [2]


async def test_costly_work_waits_its_turn_and_kept_answers_do_not(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        queue = FairQueue(1, 0)
        site.services.feeds._queue = site.services.search._queue = queue
        id = site.services.current_editions.get("fr-ML").edition.id
        assert (await site.client.get("/feed/fr-ML")).status_code == 200
        costly = [
            ("GET", "/fr-ML/search?q=compte"),
            ("GET", f"/feed/fr-ML?to={id}&after=2"),
            ("GET", "/feed/fr-ML/manifest"),
            ("POST", "/feed/fr-ML/pages"),
        ]
        async with queue.turn("somebody"):
            statuses = [(await site.client.request(method, path, content=b"[]")).status_code for method, path in costly]
            assert statuses == [503] * 4
            assert (await site.client.get("/feed/fr-ML")).status_code == 200
            assert (await site.client.get("/fr-ML/guides/compte")).status_code == 200
        statuses = [(await site.client.request(method, path, content=b"[]")).status_code for method, path in costly]
        assert statuses == [200] * 4


def counted(calls: Counter[str], name: str) -> Callable[..., Any]:
    """A function of `feeds` that counts its calls."""
    function = getattr(feeds, name)

    def count(*arguments: Any) -> Any:
        calls[name] += 1
        return function(*arguments)

    return count


async def test_an_answer_for_a_named_edition_lasts_and_the_heads_does_not(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        id = site.services.current_editions.get("fr-ML").edition.id
        assert "immutable" in (await site.client.get("/feed/fr-ML", params={"to": id})).headers["cache-control"]
        head = await site.client.get("/feed/fr-ML")
        assert head.headers["cache-control"] == "max-age=0, s-maxage=15"
        assert "Accept-Encoding" in head.headers["vary"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("have=x", 400, "feed-bad-id"),
        ("have=%00", 400, "address-malformed"),
        ("to=" + "A" * 44, 400, "feed-bad-id"),
        ("after=3", 400, "feed-bad-after"),
        ("to=" + "A" * 43 + "&after=-1", 400, "feed-bad-after"),
        ("to=" + "A" * 43 + "&after=1e3", 400, "feed-bad-after"),
        ("to=" + "A" * 43 + "&after=%D9%A3", 400, "feed-bad-after"),
        ("to=" + "A" * 43 + "&after=" + "9" * 5000, 400, "feed-bad-after"),
        ("to=" + "A" * 43 + "&after=%C2%B2", 400, "feed-bad-after"),
        ("to=" + "A" * 43, 410, "edition-gone"),
    ],
)
async def test_malformed_values_get_a_code_and_a_sentence(tmp_path: Path, query: str, status: int, code: str) -> None:
    async with running_site(tmp_path) as site:
        answer = await site.client.get(f"/feed/fr-ML?{query}")
        assert answer.status_code == status
        assert answer.json()["code"] == code
        assert answer.json()["sentence"]


async def test_an_unknown_channel_is_told_in_a_sentence(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for path in ("/feed/xx-XX", "/feed/xx-XX/manifest"):
            answer = await site.client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "channel-unknown")


async def test_an_edition_this_node_does_not_know_gets_a_whole_one(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        answer = await site.client.get("/feed/fr-ML", params={"have": digest("elsewhere")})
        assert json.loads(answer.content.splitlines()[0])["base"] == ""


async def test_a_new_phone_just_after_a_publication_gets_the_hard_edition_then_a_delta(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.services.feeds.precompress("fr-ML")
        hard = site.services.current_editions.get("fr-ML").edition.id
        await site.publish(OTHER)
        first = json.loads((await site.client.get("/feed/fr-ML")).content.splitlines()[0])
        assert parse_statement(first["statement"]).id == hard
        assert "fresh" not in first
        phone = FeedReader(site)
        assert await phone.pull() == 3
        assert phone.edition and phone.edition.id == site.services.current_editions.get("fr-ML").edition.id


async def test_manifest_and_pages_mend_what_did_not_prove(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        edition = site.services.current_editions.get("fr-ML").edition
        value = (await site.client.get("/feed/fr-ML/manifest", params={"to": edition.id})).json()
        manifest: Manifest = parse_manifest(*value["manifest"])
        assert manifest == edition.manifest
        digests = [manifest.entries[1].digest, digest("nowhere"), manifest.entries[0].digest]
        answer = await site.client.post("/feed/fr-ML/pages", content=json.dumps(digests))
        rows = [json.loads(line) for line in answer.text.splitlines()]
        assert rows[1] is None
        assert [digest(rows[0]["body"]), digest(rows[2]["body"])] == [digests[0], digests[2]]


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}", b"[1]", b'["x"]', b"[" * 5000, b'["' + b"A" * 40000 + b'"]', json.dumps(["A" * 43] * 600).encode()],
)
async def test_malformed_page_lists_are_refused(tmp_path: Path, body: bytes) -> None:
    async with running_site(tmp_path) as site:
        answer = await site.client.post("/feed/fr-ML/pages", content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "feed-bad-pages")


async def test_every_encoding_says_the_same(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        id = site.services.current_editions.get("fr-ML").edition.id
        bodies = []
        encodings = {
            "br": brotli.decompress,
            "gzip": gzip.decompress,
            "identity": bytes,
            "zstd, br;q=0, gzip": gzip.decompress,
        }
        for accepted, undo in encodings.items():
            async with site.client.stream(
                "GET", f"/feed/fr-ML?to={id}", headers={"accept-encoding": accepted}
            ) as answer:
                bodies.append(undo(b"".join([chunk async for chunk in answer.aiter_raw()])))
        assert len(set(bodies)) == 1


async def test_a_rotation_reaches_a_phone_that_missed_two(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        phone = FeedReader(site)
        await phone.pull()
        folder = site.services.settings.keys
        for epoch in (1, 2):
            keys = rotate(folder, (folder / f"next-{epoch}.pem").read_bytes()).keys
            await site.services.publisher.publish(keys)
        await site.services.current_editions.load()
        await phone.pull()
        assert phone.trust and phone.trust.epoch == 3


async def test_old_editions_are_pruned_and_what_is_needed_stays(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        first = site.services.current_editions.get("fr-ML").edition.id
        for day in range(40):
            site.clock.pass_time(days=1)
            await site.publish({"guides/argent/fr.md": f"---\ntitle: Argent\n---\nTexte du jour {day}.\n"})
        archive = site.services.archive
        before = int((site.clock() - datetime.timedelta(days=10)).timestamp())
        assert await archive.prune(["fr-ML"], before) > 0
        assert await archive.edition(first) is None
        history = await archive.history("fr-ML")
        assert len(history) < 40
        for _, id in history:
            edition = await archive.edition(id)
            assert edition
            assert edition == await Archive(site.services.store).edition(id), "what a process remembers is what is kept"
            assert len(await archive.bodies({entry.digest for entry in edition.manifest.entries})) == len(
                {entry.digest for entry in edition.manifest.entries}
            )
        assert (await site.client.get("/feed/fr-ML", params={"to": first})).status_code == 410
