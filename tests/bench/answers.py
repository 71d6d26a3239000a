"""Processor time of an answer to a reader, beside a bare Starlette `Response` of the same bytes and headers.

    python -m tests.bench.answers

A page, a feed with nothing new, and a first sync, asked over kept connections of two processes: the site with its own
content as `kunnafoni serve` runs it, and uvicorn with one route for each answer. Rounds take turns, and ratios are
taken within a round.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

from sync.canonical import digest
from tests.bench.exit_status import exit_status
from tests.support.local_ports import free_port, wait_for_port
from tests.support.repository import ROOT
from tests.support.server_process import ServerProcess, running_server

ROUNDS = 7
REQUESTS = 2_000  # of each answer in a round
CLIENTS = 4
MOST = 1.5  # times the bare answer
IDLE = 0.02  # of a core: less is spent once the feeds are compressed at the best level in the background
LOOK_SECONDS = 2.0
CHANNEL = "fr-ML"
PAGE, UNCHANGED, FIRST = "a page", "a feed with nothing new", "a first sync"
BROWSER = (
    "Host: localhost\r\nUser-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0\r\n"
    "Accept: */*\r\nAccept-Language: fr-FR,fr;q=0.9\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
)
SERVERS_OWN = (b"date", b"server", b"content-length")  # headers that Starlette or uvicorn write

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Costs = Mapping[tuple[str, bool], list[float]]  # seconds of one answer, by what was asked and whether of the site


class _Asker(asyncio.Protocol):
    """Asks for one address again and again over one connection; `ended` holds the last answer."""

    def __init__(self, path: str, count: int) -> None:
        self._request = f"GET {path} HTTP/1.1\r\n{BROWSER}\r\n".encode()
        self._left = count
        self._data = b""
        self._transport: asyncio.WriteTransport
        self.ended: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, body = self._data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) == (int(length[1]) if length else 0):
            self._left -= 1
            if self._left:
                self._ask()
            else:
                self.ended.set_result(self._data)
                self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(error or ConnectionError("the server hung up"))

    def _ask(self) -> None:
        self._data = b""
        self._transport.write(self._request)


async def ask(port: int, path: str, count: int = 1) -> bytes:
    _, asker = await asyncio.get_running_loop().create_connection(lambda: _Asker(path, count), "127.0.0.1", port)
    return await asker.ended


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: int

    async def measure(self, path: str) -> float:
        """Seconds of processor time, in all threads, for one answer."""
        before = count_seconds(self.process)
        await asyncio.gather(*(ask(self.port, path, REQUESTS // CLIENTS) for _ in range(CLIENTS)))
        return (count_seconds(self.process) - before) / REQUESTS


def count_seconds(process: int) -> float:
    """Processor time of all threads of a process so far."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def wait_until_idle(process: int) -> None:
    """Return after two looks in a row at which the process did next to nothing."""
    idle = 0
    while idle < 2:
        before = count_seconds(process)
        time.sleep(LOOK_SECONDS)
        idle = idle + 1 if count_seconds(process) - before < IDLE * LOOK_SECONDS else 0


def measure_costs() -> Costs:
    with tempfile.TemporaryDirectory() as name, running_site(Path(name)) as site:
        return uvloop.run(_measure(site, Path(name)))


@contextmanager
def running_site(folder: Path) -> Iterator[ServerProcess]:
    (folder / "content").symlink_to(ROOT / "content")
    (folder / "app").symlink_to(ROOT / "pwa" / "dist")
    with running_server(folder) as site:
        site.get("readyz")
        wait_until_idle(site.process_id)
        yield site


async def _measure(site: ServerProcess, folder: Path) -> Costs:
    manifest = json.loads(site.get(f"feed/{CHANNEL}/manifest"))
    unchanged = f"/feed/{CHANNEL}?have={digest(manifest['statement'])}"
    paths = {PAGE: f"/{CHANNEL}/", UNCHANGED: unchanged, FIRST: f"/feed/{CHANNEL}"}
    answers = {what: await ask(site.port, path) for what, path in paths.items()}
    costs: dict[tuple[str, bool], list[float]] = {}
    with running_bare_server(answers, folder) as (port, process):
        await wait_for_port(port)
        servers = Server(site.port, site.process_id), Server(port, process)
        for what, answer in answers.items():
            if split(await ask(port, bare_path(what))) != split(answer):
                raise RuntimeError(f"the bare server answers otherwise: {what}")
        for _ in range(ROUNDS):
            for what, path in paths.items():
                for server, asked in zip(servers, (path, bare_path(what)), strict=True):
                    costs.setdefault((what, server is servers[0]), []).append(await server.measure(asked))
    return costs


def bare_path(what: str) -> str:
    return "/" + what.replace(" ", "-")


@contextmanager
def running_bare_server(answers: Mapping[str, bytes], folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process of uvicorn with a Starlette route for each answer, which returns a `Response` of its bytes."""
    port = free_port()
    parts = {bare_path(what): split(answer) for what, answer in answers.items()}
    (folder / "answers.json").write_text(
        json.dumps(
            {
                path: {"status": status, "headers": headers, "body": base64.b64encode(body).decode()}
                for path, (status, headers, body) in parts.items()
            }
        )
    )
    command = [sys.executable, "-m", "tests.bench.bare_answers", str(folder / "answers.json"), str(port)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield port, process.pid
        finally:
            process.terminate()


def split(answer: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers without the server's own, and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    headers = [(name.decode(), value.decode()) for name, _, value in (header.partition(b": ") for header in lines)]
    return int(line.split()[1]), [header for header in headers if header[0].encode() not in SERVERS_OWN], body


def table(costs: Costs) -> str:
    lines = ["", "| processor time | Kunnafoni | bare `Response` | times |", "| --- | ---: | ---: | ---: |"]
    for what in (PAGE, UNCHANGED, FIRST):
        ours, bare = (1e6 * statistics.median(costs[what, is_site]) for is_site in (True, False))
        lines.append(f"| {what} | {ours:,.0f} µs | {bare:,.0f} µs | {ratio(costs, what):.2f} |")
    return "\n".join(lines)


def ratio(costs: Costs, what: str) -> float:
    pairs = zip(costs[what, True], costs[what, False], strict=True)
    return statistics.median(ours / bare for ours, bare in pairs)


def missed_thresholds(costs: Costs) -> list[str]:
    ratios = {what: ratio(costs, what) for what in (PAGE, UNCHANGED, FIRST)}
    return [
        f"{what} costs {times:.2f} times a bare answer, not {MOST} at most"
        for what, times in ratios.items()
        if times > MOST
    ]


if __name__ == "__main__":
    measured = measure_costs()
    sys.exit(exit_status(table(measured), missed_thresholds(measured)))
