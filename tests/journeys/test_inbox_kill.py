"""Fifty phones send while the server is killed: no acknowledged submission is lost or doubled.

A phone keeps a submission until it has headquarters' receipt, and never sends it again after: what was lost would be
missing at the end.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sync.editions.signing import Signer, key_digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.store.contract import Collection, Store, Write
from sync.store.open_store import open_store
from sync.submissions.receipts import Receipt, is_receipt_valid
from sync.submissions.record_ids import submission_id_of
from tests.support.content_folder import write
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import DAY, FilledForm, PhoneSimulator, padded_body
from tests.support.server_process import PATIENCE, ServerProcess
from tests.support.small_site import APP
from tests.support.store_backends import (
    REAL_COUCHDB,
    drop_databases,
    fresh_prefix,
    pouchdb_server,
    real_couchdb_address,
)

pytestmark = pytest.mark.anyio

CLIENTS = 50
FORM = Form(compile_markdown("visite", FILES["forms/visite.md"]))
BACKENDS = ("sqlite", pytest.param("pouchdb", marks=pytest.mark.soak), *(["couchdb"] if REAL_COUCHDB else []))


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'kunnafoni.db'}"
    elif request.param == "pouchdb":
        with pouchdb_server(tmp_path) as host:
            yield f"couchdb://test:se%2Fcr%40t@{host}/{fresh_prefix()}"
    else:
        prefix = fresh_prefix()
        yield real_couchdb_address(prefix)
        drop_databases(prefix)


@dataclass
class Sender:
    """One phone with its unsent submissions and its receipts."""

    chance: random.Random
    outbox: dict[str, FilledForm]
    receipts: dict[str, Receipt] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    async def run(self, client: httpx.AsyncClient, url: str) -> None:
        while self.outbox:
            batch = self.chance.sample(
                list(self.outbox.values()), min(len(self.outbox), self.chance.choice((1, 1, 2, 5)))
            )
            try:
                answer = await client.post(
                    f"{url}inbox", content=padded_body("".join(submission.line for submission in batch))
                )
            except httpx.TransportError:
                await asyncio.sleep(self.chance.random())
                continue
            if answer.status_code == 200:
                for line in answer.text.splitlines():
                    self.take(json.loads(line))
            await asyncio.sleep(self.chance.random() / (10 if answer.status_code == 200 else 1))

    def take(self, verdict: dict[str, object]) -> None:
        id = str(verdict["id"])
        if verdict["verdict"] == "accepted":
            self.receipts[id] = Receipt(*verdict["receipt"])  # type: ignore[misc]
            self.outbox.pop(id, None)
        elif verdict["verdict"] == "refused":
            self.refused.append(str(verdict["code"]))
            self.outbox.pop(id, None)


async def senders(store: Store, count: int) -> list[Sender]:
    """Enrolled phones with `count` filled forms in all."""
    phones = []
    for number in range(CLIENTS):
        signer = Signer.generate()
        body = {"key": signer.public_key, "name": f"n{number}", "place": "", "until": "2027-01-01", "made": DAY}
        await store.write(Collection.PEOPLE, [Write(f"device:{key_digest(signer.public_key)}", body)])
        phone = PhoneSimulator(SITE, number, signer)
        filled = [phone.fill(FORM, {"paroles": f"parole {number} {n}", "femmes": n}) for n in range(count // CLIENTS)]
        phones.append(Sender(random.Random(number), {submission.id: submission for submission in filled}))
    return phones


async def killed_while_sending(folder: Path, address: str, count: int, kills: int) -> str:
    """Send, kill and restart; return a summary in figures."""
    start = time.monotonic()
    write(folder / "content", FILES)
    write(folder / "app", APP)
    server = await asyncio.to_thread(ServerProcess, folder, "--store", address)
    store = open_store(address)
    phones = await senders(store, count)
    everything = {id for phone in phones for id in phone.outbox}
    await asyncio.to_thread(server.get, "healthz")
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(timeout=PATIENCE, limits=limits) as client:
        sending = asyncio.gather(*(phone.run(client, server.url) for phone in phones))
        for kill in range(1, kills + 1):
            await reached(phones, count * kill // (kills + 1))
            await asyncio.to_thread(server.kill)
            server = await asyncio.to_thread(ServerProcess, folder, "--store", address, port=server.port)
        await asyncio.wait_for(sending, PATIENCE * 4)
    key = json.loads(await asyncio.to_thread(server.get, "feed/fr-ML/manifest"))["key"]
    await asyncio.to_thread(server.stop)
    stored_ids = await all_ids(store, "submission:")
    await store.close()
    assert [code for phone in phones for code in phone.refused] == []
    receipts = {id: receipt for phone in phones for id, receipt in phone.receipts.items()}
    assert receipts.keys() == everything
    assert sorted(stored_ids) == sorted(everything)
    assert all(is_receipt_valid(key, SITE, id, receipt) for id, receipt in list(receipts.items())[:100])
    lost, doubled = len(receipts.keys() - set(stored_ids)), len(stored_ids) - len(set(stored_ids))
    seconds = time.monotonic() - start
    return f"{len(receipts):,} acknowledged, {kills} kills, {lost} lost, {doubled} doubled, {seconds:.0f} s"


async def reached(phones: list[Sender], count: int) -> None:
    """Return once the phones have `count` receipts."""
    while sum(len(phone.receipts) for phone in phones) < count:  # noqa: ASYNC110  (many phones add to it)
        await asyncio.sleep(0.01)
    assert any(phone.outbox for phone in phones), "all was sent before the kill"


async def all_ids(store: Store, prefix: str) -> list[str]:
    ids: list[str] = []
    start = prefix
    while page := await store.scan(Collection.FEEDBACK, start, prefix[:-1] + ";", 1000):
        ids += [submission_id_of(record.id) for record in page]
        start = page[-1].id + "-"
    return ids


@pytest.mark.timeout(900)
async def test_a_thousand_submissions_and_three_kills(tmp_path: Path, address: str) -> None:
    assert (await killed_while_sending(tmp_path, address, 1000, 3)).startswith(
        "1,000 acknowledged, 3 kills, 0 lost, 0 doubled"
    )


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_ten_thousand_submissions_and_twenty_kills(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = await killed_while_sending(tmp_path, address, 10_000, 20)
    assert figures.startswith("10,000 acknowledged, 20 kills, 0 lost, 0 doubled")
    with capsys.disabled():
        print(f"\n{address.partition(':')[0]}: {figures}")  # noqa: T201 -- figures for whoever runs the soak
