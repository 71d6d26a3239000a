"""Durable submissions a second, one per request with 64 clients and in batches of 50, beside CouchDB's own POST and
`_bulk_docs` with the same clients where KUNNAFONI_TEST_COUCHDB names a server.

    python -m tests.bench.inbox

Every submission is signed by its device, checked against its form, kept, and answered with headquarters' receipt.
CouchDB itself gets documents of the same content, named by their digests: who sends again after a cut must not double,
so the sender names them, and names come in no order. Names that ascend cost CouchDB less (it appends to its tree); what
it does with those is shown beside. CouchDB uses all cores, and so do we: two processes of the site share the port, as
on a busy server of two cores. Rounds of all of them take turns, and ratios are taken within a round: what else the
machine does meets each alike.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from sync.canonical import digest
from sync.editions.signing import Signer, key_digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.store.contract import Collection, Store, Write
from sync.store.open_store import open_store
from tests.bench.exit_status import exit_status
from tests.bench.load_clients import Target, measure_rate
from tests.support.content_folder import write
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import PhoneSimulator, padded_body
from tests.support.server_process import running_server
from tests.support.small_site import APP
from tests.support.store_backends import REAL_COUCHDB, ask_couchdb, drop_databases, fresh_prefix, real_couchdb_address

ROUNDS = 5
CLIENTS = 64
SINGLE = 30  # submissions of one client in a round, one a request
BATCH = 50
BATCHES = 2  # per client and round
SETTLING_SECONDS = 2.0  # seconds until every server knows a device and the writes of the round before
FORM = Form(compile_markdown("visite", FILES["forms/visite.md"]))
SQLITE, COUCHDB, ITSELF, ASCENDING = (
    "Kunnafoni, SQLite",
    "Kunnafoni, CouchDB",
    "CouchDB itself",
    "CouchDB itself, ascending names",
)
SHAPES = {"single": f"one a request, {CLIENTS} clients", "batched": f"in batches of {BATCH}"}

Bodies = list[list[bytes]]
Rates = Mapping[tuple[str, str], list[float]]  # by what held them and the shape: one of each round


@dataclass(frozen=True, slots=True)
class Threshold:
    """`name` has to be `wanted` times as fast as CouchDB itself; both in a shape. 0: shown only.

    `_bulk_docs` checks nothing. To check a signature and to sign a receipt takes a core some 100 µs: two cores that did
    nothing else would not be twice as fast as it is.
    """

    name: str
    shape: str
    wanted: float
    itself: str
    beside: str = ITSELF

    @property
    def what(self) -> str:
        request = "POST" if self.itself == "single" else "_bulk_docs"
        return f"{self.name}, {SHAPES[self.shape]}, beside {request} of {self.beside}"

    def reached(self, rates: Rates) -> float:
        pairs = zip(rates[self.name, self.shape], rates[self.beside, self.itself], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)


THRESHOLDS = (
    Threshold(SQLITE, "single", 2, "single"),
    Threshold(COUCHDB, "single", 1, "single"),
    Threshold(SQLITE, "batched", 2, "single"),
    Threshold(COUCHDB, "batched", 1, "single"),
    Threshold(SQLITE, "batched", 0, "batched"),
    Threshold(COUCHDB, "batched", 0, "batched"),
    Threshold(SQLITE, "single", 0, "single", ASCENDING),
    Threshold(COUCHDB, "single", 0, "single", ASCENDING),
)


def measure_rates() -> Rates:
    return uvloop.run(_measure())


async def _measure() -> Rates:
    rates: dict[tuple[str, str], list[float]] = {}
    async with contextlib.AsyncExitStack() as stack:
        runs = {
            SQLITE: await stack.enter_async_context(
                _product_rate(lambda folder: f"sqlite:///{folder}/data/kunnafoni.db")
            )
        }
        if REAL_COUCHDB:
            prefix, own = stack.enter_context(_prefix()), stack.enter_context(_prefix())
            runs[COUCHDB] = await stack.enter_async_context(_product_rate(lambda _: real_couchdb_address(prefix)))
            await _create_databases(own)  # a database that no server follows, whose reads would slow the measurement
            runs[ITSELF] = _couchdb_rate(f"{own}-feedback", ascending=False)
            runs[ASCENDING] = _couchdb_rate(f"{own}-feedback", ascending=True)
        for shape in SHAPES:
            await asyncio.gather(*(run(shape) for run in runs.values()))  # once, so that all is warm
            for _ in range(ROUNDS):
                for name, run in runs.items():
                    await asyncio.sleep(SETTLING_SECONDS)
                    rates.setdefault((name, shape), []).append(await run(shape))
    return rates


@contextlib.contextmanager
def _prefix() -> Iterator[str]:
    prefix = fresh_prefix()
    try:
        yield prefix
    finally:
        drop_databases(prefix)


async def _create_databases(prefix: str) -> None:
    """Create the databases of a site, without a server."""
    store = open_store(real_couchdb_address(prefix))
    await store.prepare()
    await store.close()


@contextlib.asynccontextmanager
async def _product_rate(address_in: Callable[[Path], str]) -> AsyncIterator[Callable[[str], Awaitable[float]]]:
    """Run a server; yield a function that runs one round against it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = address_in(folder)
        write(folder / "content", FILES)
        write(folder / "app", APP)
        with (
            running_server(folder, "--store", address, "--share-port") as server,
            running_server(folder, "--store", address, "--share-port", port=server.port),
        ):
            await asyncio.to_thread(server.get, "healthz")
            store = open_store(address)
            target = Target("127.0.0.1", server.port, "/inbox", "content-type: application/x-ndjson\r\n", _receipts)

            async def run(shape: str) -> float:
                return await measure_rate(target, _lines(await _phones(store), shape))

            yield run
            await store.close()


async def _phones(store: Store) -> list[PhoneSimulator]:
    """Enrolled phones for one round (a device that sent 500 at once must wait), already known to the servers."""
    phones = [PhoneSimulator(SITE, number, Signer.generate()) for number in range(CLIENTS)]
    body = {"name": "n", "place": "", "until": "9999-01-01", "made": "2026-01-01"}
    keys = [phone.signer.public_key for phone in phones if phone.signer]
    await store.write(Collection.PEOPLE, [Write(f"device:{key_digest(key)}", {"key": key, **body}) for key in keys])
    await asyncio.sleep(SETTLING_SECONDS)
    return phones


def _lines(phones: list[PhoneSimulator], shape: str) -> Bodies:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()

    def line(phone: PhoneSimulator, n: int) -> str:
        return phone.fill(FORM, {"paroles": f"On n’a plus d’eau au puits {n}.", "femmes": n}, day=today).line

    if shape == "single":
        return [[padded_body(line(phone, n)) for n in range(SINGLE)] for phone in phones]
    return [[padded_body("".join(line(phone, n) for n in range(BATCH))) for _ in range(BATCHES)] for phone in phones]


def _receipts(answer: bytes) -> int:
    assert b'"refused"' not in answer and b'"later"' not in answer, answer
    return answer.count(b'"receipt"')


def _couchdb_rate(database: str, ascending: bool) -> Callable[[str], Awaitable[float]]:
    parts = urlsplit(REAL_COUCHDB)
    token = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    headers = f"authorization: Basic {token}\r\ncontent-type: application/json\r\n"
    text = PhoneSimulator(SITE).fill(FORM, {"paroles": "On n’a plus d’eau au puits.", "femmes": 1}).text

    def document(client: int, n: int) -> dict[str, str]:
        name = f"{time.monotonic_ns()}:{client:02}:{n:02}"
        return {"_id": f"submission:{name if ascending else digest(name)}", "text": text, "signature": "x" * 86}

    async def run(shape: str) -> float:
        await asyncio.to_thread(
            ask_couchdb, "GET", f"/{database}"
        )  # the first question with a password costs it a third of a second
        path = f"/{database}" if shape == "single" else f"/{database}/_bulk_docs"
        if shape == "single":
            bodies = [[json.dumps(document(number, n)).encode() for n in range(SINGLE)] for number in range(CLIENTS)]
        else:
            batch = [
                [{"docs": [document(number, n) for n in range(BATCH)]} for _ in range(BATCHES)]
                for number in range(CLIENTS)
            ]
            bodies = [[json.dumps(body).encode() for body in bodies_of_client] for bodies_of_client in batch]
        target = Target(
            str(parts.hostname), int(parts.port or 5984), path, headers, lambda answer: answer.count(b'"ok":true')
        )
        return await measure_rate(target, bodies)

    return run


def table(rates: Rates) -> str:
    names = list(dict.fromkeys(name for name, _ in rates))
    lines = ["", f"| durable submissions a second | {' | '.join(SHAPES.values())} |", "| --- | ---: | ---: |"]
    lines += [
        f"| {name} | {' | '.join(f'{statistics.median(rates[name, shape]):,.0f}' for shape in SHAPES)} |"
        for name in names
    ]
    if REAL_COUCHDB:
        lines += ["", "| times as fast as CouchDB itself | wanted | reached |", "| --- | ---: | ---: |"]
        lines += [
            f"| {threshold.what} | {f'{threshold.wanted:g}' if threshold.wanted else ''} "
            f"| {threshold.reached(rates):.2f} |"
            for threshold in THRESHOLDS
        ]
    return "\n".join(lines)


def missed_thresholds(rates: Rates) -> list[str]:
    """A sentence for each missed threshold; none without a CouchDB to compare with."""
    return [
        f"Too slow: {threshold.what}: {threshold.reached(rates):.2f} times as fast as CouchDB itself, "
        f"{threshold.wanted:g} wanted."
        for threshold in (THRESHOLDS if REAL_COUCHDB else ())
        if threshold.reached(rates) < threshold.wanted
    ]


def main() -> int:
    """Exit code 1 when a threshold is missed."""
    rates = measure_rates()
    return exit_status(table(rates), missed_thresholds(rates))


if __name__ == "__main__":
    sys.exit(main())
