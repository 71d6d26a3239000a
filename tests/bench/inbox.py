"""Durable submissions a second: one a request with 64 clients, and in batches of 50; beside CouchDB's own POST and `_bulk_docs` with the
same clients, where KUNNAFONI_TEST_COUCHDB names one.

    python -m tests.bench.inbox

Every submission is signed by its device, checked against its form, kept, and answered with headquarters' receipt.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from sync.editions.signing import Signer, key_digest
from sync.store.address import open_store
from sync.store.contract import Room, Write
from sync.submissions.forms.compiling import compile_markdown
from sync.submissions.forms.form import Form
from tests.documents.content import write
from tests.inbox.phones import DAY, Phone
from tests.inbox.site import FILES, SITE
from tests.server.process import served
from tests.server.site import APP
from tests.store.backends import REAL, ask_real, drop_real, fresh_prefix, real_address

CLIENTS = 64
SINGLE = 4_000  # submissions sent one a request
BATCH = 50
BATCHED = 10_000  # submissions sent in batches
FORM = Form(compile_markdown("visite", FILES["forms/visite.md"]))


class Client:
    """One kept connection; the least a client can do, so that both cores serve."""

    def __init__(self, host: str, port: int, path: str, headers: str) -> None:
        self._address = host, port
        self._head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: "

    async def run(self, bodies: list[bytes], check: Callable[[bytes], int]) -> int:
        """How many submissions were acknowledged."""
        reader, writer = await asyncio.open_connection(*self._address)
        done = 0
        for body in bodies:
            writer.write(f"{self._head}{len(body)}\r\n\r\n".encode() + body)
            done += check(await _answer(reader))
        writer.close()
        return done


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length: " in head:
        return await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


async def measure() -> dict[str, dict[str, float]]:
    """Submissions a second, by what held them and how they were sent."""
    rates: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        rates["Kunnafoni, SQLite"] = await _ours(Path(folder), f"sqlite:///{folder}/data/kunnafoni.db")
    if REAL:
        prefix = fresh_prefix()
        with tempfile.TemporaryDirectory() as folder:
            rates["Kunnafoni, CouchDB"] = await _ours(Path(folder), real_address(prefix))
        rates["CouchDB itself"] = await _couchdb(f"{prefix}-feedback")
        drop_real(prefix)
    return rates


async def _ours(folder: Path, address: str) -> dict[str, float]:
    write(folder / "content", FILES)
    write(folder / "app", APP)
    with served(folder, "--store", address) as server:
        store = open_store(address)
        phones = []
        for number in range(CLIENTS):
            signer = Signer.generate()
            body = {"key": signer.public, "name": f"n{number}", "place": "", "until": "2027-01-01", "made": DAY}
            await store.write(Room.PEOPLE, [Write(f"device:{key_digest(signer.public)}", body)])
            phones.append(Phone(SITE, number, signer))
        await store.close()
        await asyncio.to_thread(server.get, "healthz")

        def lines(count: int) -> list[list[bytes]]:
            each = -(-count // CLIENTS)
            return [
                [phone.fill(FORM, {"paroles": f"On n’a plus d’eau au puits {n}.", "femmes": n}).line.encode() for n in range(each)]
                for phone in phones
            ]

        def accepted(answer: bytes) -> int:
            assert b'"refused"' not in answer and b'"later"' not in answer, answer
            return answer.count(b'"receipt"')

        def client() -> Client:
            return Client("127.0.0.1", server.port, "/inbox", "content-type: application/x-ndjson\r\n")

        single = await _rate(lines(SINGLE), client, accepted)
        batches = [[b"".join(each[at : at + BATCH]) for at in range(0, len(each), BATCH)] for each in lines(BATCHED)]
        return {"single": single, "batched": await _rate(batches, client, accepted)}


async def _couchdb(database: str) -> dict[str, float]:
    parts = urlsplit(REAL)
    token = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    headers = f"authorization: Basic {token}\r\ncontent-type: application/json\r\n"
    text = Phone(SITE).fill(FORM, {"paroles": "On n’a plus d’eau au puits.", "femmes": 1}).text

    def document(client: int, n: int) -> dict[str, str]:
        return {"_id": f"bench:{os.getpid()}:{client}:{n}:{time.monotonic_ns()}", "text": text, "signature": "x" * 86}

    def client(path: str) -> Callable[[], Client]:
        return lambda: Client(str(parts.hostname), int(parts.port or 5984), path, headers)

    await asyncio.to_thread(ask_real, "GET", f"/{database}")
    each = -(-SINGLE // CLIENTS)
    single = [[json.dumps(document(number, n)).encode() for n in range(each)] for number in range(CLIENTS)]
    batches = [
        [json.dumps({"docs": [document(number, n) for n in range(BATCH)]}).encode() for _ in range(-(-BATCHED // CLIENTS // BATCH))]
        for number in range(CLIENTS)
    ]
    return {
        "single": await _rate(single, client(f"/{database}"), lambda answer: answer.count(b'"ok":true')),
        "batched": await _rate(batches, client(f"/{database}/_bulk_docs"), lambda answer: answer.count(b'"ok":true')),
    }


async def _rate(bodies: list[list[bytes]], client: Callable[[], Client], check: Callable[[bytes], int]) -> float:
    begun = time.perf_counter()
    runs: list[Awaitable[int]] = [client().run(each, check) for each in bodies]
    done = sum(await asyncio.gather(*runs))
    return done / (time.perf_counter() - begun)


def table(rates: dict[str, dict[str, float]]) -> str:
    lines = ["", f"| durable submissions a second | one a request, {CLIENTS} clients | in batches of {BATCH} |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {rate['single']:,.0f} | {rate['batched']:,.0f} |" for name, rate in rates.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(asyncio.run(measure())))
