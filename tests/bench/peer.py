"""Measures the peer: PouchDB replicating the corpus from npm's pouchdb-server, or from the CouchDB that
KUNNAFONI_TEST_COUCHDB names.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.slow_link import Profile, Traffic, running_link
from tests.support.local_ports import free_port, wait_for_port
from tests.support.repository import ROOT

PEERS = ROOT / "tests" / "peers"
STEPS = ("first", "nothing", "week")


@dataclass(frozen=True, slots=True)
class Step:
    """One sync over the link: bytes, requests, seconds."""

    traffic: Traffic
    seconds: float


@asynccontextmanager
async def couchdb() -> AsyncIterator[str]:
    """The address of a CouchDB with credentials: the named one, or a pouchdb-server in memory."""
    if named := os.environ.get("KUNNAFONI_TEST_COUCHDB"):
        yield named.replace("couchdb://", "http://", 1)
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            str(PEERS / "node_modules" / ".bin" / "pouchdb-server"),
            "--in-memory",
            "--port",
            str(port),
            "--no-stdout-logs",
        ]
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdin=DEVNULL, stdout=DEVNULL)
        try:
            await wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            await process.wait()


async def measure(couch: str, corpus: Path, profile: Profile | None = None) -> dict[str, Step]:
    """First sync, nothing new, a week of edits."""
    script = Path(__file__).with_name("peer.mjs")
    process = await asyncio.create_subprocess_exec(
        "node",
        str(script),
        couch,
        str(corpus),
        env={**os.environ, "BENCH_MODULES": str(PEERS)},
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        front = (await read_message(process))["front"]
        async with running_link(front, profile) as phone:
            send_line(process, str(phone.port))
            steps = {}
            for step in STEPS:
                send_line(process, "prepare")
                await read_message(process)
                phone.reset()
                started = time.monotonic()
                send_line(process, "go")
                if not (await read_message(process))["ok"]:
                    raise RuntimeError(f"the peer's replication failed: {step}")
                steps[step] = Step(phone.reset(), time.monotonic() - started)
            await process.wait()
            return steps
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def send_line(process: Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())


async def read_message(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("the peer stopped; its reason stands above")
    message: dict[str, Any] = json.loads(line)
    return message
