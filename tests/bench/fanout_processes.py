"""Subscriptions in a store on disk and sender processes, each bound to one core, all started by one line.

python -m tests.bench.fanout_processes FILE CORE     input: the VAPID key, then one line for each alert
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import uvloop
from cryptography.hazmat.primitives.asymmetric import ec

from server.commands.interpreter_tuning import tune
from server.keys.vapid import VapidKey
from server.push import fanout_records
from server.push.endpoint_policy import EndpointPolicy
from server.push.fanout import Fanout
from server.push.sender import PushSender
from server.push.subscriptions import subscription_id
from sync.alerts.audience import Audience
from sync.canonical import base64url_decode, base64url_encode
from sync.editions.signing import Signer
from sync.store.contract import Collection, Store, Write
from sync.store.sqlite.store import SqliteStore
from tests.bench.push_reference import CONTACT, PAYLOAD, public_bytes
from tests.support.repository import ROOT

WaitForMessages: TypeAlias = Callable[[int], None]

HOST = "127.0.0.1"
POLL_INTERVAL = 0.02  # seconds between looks at what another process has still to finish
AUDIENCE = Audience("alerts", frozenset({"Severe", "Minor"}), (frozenset(),))


def subscription_of(port: int, number: int) -> dict[str, Any]:
    """The body of a subscription's record."""
    key = ec.generate_private_key(ec.SECP256R1())
    return {
        "endpoint": f"http://{HOST}:{port}/push/{number}-{secrets.token_hex(40)}",
        "public": base64url_encode(public_bytes(key)),
        "auth": base64url_encode(os.urandom(16)),
        "channel": "fr-ML",
        "topics": ["alerts"],
        "region": "",
        "severity": "Minor",
        "since": "2026-11-24",
    }


async def subscribe(store: Store, port: int, count: int) -> None:
    bodies = [subscription_of(port, number) for number in range(count)]
    for start in range(0, count, 1000):
        await store.write(
            Collection.PUSH, [Write(subscription_id(body["endpoint"]), body) for body in bodies[start : start + 1000]]
        )


async def send(store: Store, processes: Sequence[asyncio.subprocess.Process], alert: str, count: int) -> float:
    """Messages a second, from the word to the processes until the last shard is done."""
    await fanout_records.start(
        store,
        fanout_records.Broadcast(alert, alert, "Severe", int(time.time()) + 3600, {"fr": PAYLOAD}, "fr", AUDIENCE),
    )
    began = time.perf_counter()
    for process in processes:
        send_line(process, alert)
    for process in processes:
        await read_line(process)
    spent = time.perf_counter() - began
    counts = fanout_records.sum_counts(await fanout_records.load_shards(store, alert))
    if counts != {"fr": {"delivered": count}}:
        raise RuntimeError(f"not everybody was reached: {counts}")
    return count / spent


@asynccontextmanager
async def senders(file: Path, vapid: Signer, count: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Start `count` sender processes on the same file."""
    processes = [
        await start_process("-m", "tests.bench.fanout_processes", str(file), str(number)) for number in range(count)
    ]
    try:
        for process in processes:
            send_line(process, base64url_encode(vapid.pem()))
            await read_line(process)
        yield processes
    finally:
        for process in processes:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def sink() -> AsyncIterator[tuple[int, WaitForMessages]]:
    """The port of a push service that accepts everything, and a function that binds it to a number of cores."""
    process = await start_process("-m", "tests.bench.push_sink")

    def held(count: int) -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:count])

    try:
        yield int(await read_line(process)), held
    finally:
        process.terminate()
        await process.wait()


async def start_process(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdin=pipe, stdout=pipe)


def send_line(process: asyncio.subprocess.Process, word: str) -> None:
    assert process.stdin
    process.stdin.write(f"{word}\n".encode())


async def read_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    if not line:
        raise RuntimeError("a process of the measurement ended")
    return line


async def _is_done(store: Store, alert: str) -> bool:
    return all(shard.done for shard in (await fanout_records.load_shards(store, alert)).values())


async def work(file: str) -> None:
    """Body of one sender process: for each alert on its input, send until no shard is left."""
    store = SqliteStore(Path(file))
    await store.prepare()
    signer = Signer.from_pem(base64url_decode(sys.stdin.readline().strip()))
    runner = Fanout(
        store, PushSender(EndpointPolicy((HOST,), allows_local=True), VapidKey(signer, CONTACT), time.time), time.time
    )
    tune()
    print("ready", flush=True)
    while alert := (await asyncio.to_thread(sys.stdin.readline)).strip():
        await runner.run_once()
        while not await _is_done(store, alert):  # noqa: ASYNC110  (the other process finishes it)
            await asyncio.sleep(POLL_INTERVAL)
        print("done", flush=True)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[int(sys.argv[2])]})
    uvloop.run(work(sys.argv[1]))
