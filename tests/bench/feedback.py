"""Processor time and memory of the console's pages and downloads over 20,000 submissions to one form.

    python -m tests.bench.feedback

A server as `kunnafoni serve` runs it, asked by a signed-in coordinator over its addresses. The form has every type of
question and a repeat. Pages are asked several times once their index is in memory, and the first time is shown beside;
downloads are read in small pieces, and the server's memory is looked at meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from server.app import create_services
from server.inbox.quota import Quota
from server.keys.keyring import open_keyring
from server.services import Services
from server.settings import Settings
from sync.canonical import base64url_decode
from sync.content.intake import import_folder
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.submissions.body_lines import PieceLine, RequestLine, submission_line
from sync.submissions.devices import Invitation, invite
from tests.bench.answers import count_seconds, wait_until_idle
from tests.bench.exit_status import exit_status
from tests.support.console_client import ConsoleUser
from tests.support.content_folder import write
from tests.support.first_steps import join
from tests.support.following import following
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import FilledForm, PhoneSimulator, piece_lines
from tests.support.server_process import ServerProcess, run_command, running_server
from tests.support.small_site import APP
from tests.support.xlsforms import q, xlsform

SUBMISSIONS = 20_000
PHOTOS = 500  # submissions with one
PHOTO_BYTES = 60_000
REGIONS = 9
ASKED = 5  # times for each page
MOST_SECONDS = 0.3  # of processor time for a page
MOST_GROWTH = 40  # MB of memory during a download
SEED = 20_000
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
CHOICES = "oui_non oui Oui\noui_non non Non\n" + "\n".join(f"v v{number} Village{number}" for number in range(12))
SURVEY = xlsform(
    q("text", "nom", "Votre nom ?"),
    q("integer", "age", "Votre âge ?"),
    q("decimal", "poids", "Son poids ?"),
    q("date", "jour", "Quel jour ?"),
    q("time", "heure", "Quelle heure ?"),
    q("datetime", "moment", "Quel moment ?"),
    *(q("select_one v", f"village{number}", f"Village {number} ?") for number in range(7)),
    q("select_one oui_non", "accord", "D’accord ?"),
    q("select_multiple v", "connus", "Lesquels ?"),
    q("geopoint", "ou", "Où ?"),
    q("image", "vue", "Une photo ?"),
    q("begin repeat", "enfants", "Enfant"),
    q("text", "prenom", "Prénom ?"),
    q("integer", "ans", "Âge ?"),
    q("end repeat", ""),
    choices=CHOICES,
    settings={"form_title": "Enquête", "form_id": "enquete", "sealed": "no"},
)
FORM = Form(compile_markdown("enquete", SURVEY))
PAGES = {
    "list": "/feedback/list?form=enquete",
    "last page of the list": f"/feedback/list?form=enquete&page={SUBMISSIONS // 50}",
    "list, by answer and place": "/feedback/list?form=enquete&answer=accord%3Doui&place=ML-5",
    "charts": "/feedback/charts/enquete",
    "charts, by answer and place": "/feedback/charts/enquete?answer=accord%3Doui&place=ML-5",
    "map": "/feedback/map?form=enquete",
    "overview": "/feedback",
}
DOWNLOADS = {
    "CSV (two tables in a ZIP)": "kind=csv",
    "XLSX": "kind=xlsx&labels=1",
    "NDJSON": "kind=ndjson",
    "GeoJSON": "kind=geojson",
    "ZIP with photos": "kind=csv&files=1",
}


@dataclass(frozen=True, slots=True)
class PageCost:
    """Seconds of processor time: of the first answer, and of each of the others."""

    first: float
    others: list[float]


@dataclass(frozen=True, slots=True)
class DownloadCost:
    """Seconds of processor time and until the first byte, bytes, and MB of memory beyond those before it."""

    processor: float
    wait: float
    size: int
    growth: float


@dataclass(frozen=True, slots=True)
class Costs:
    pages: Mapping[str, PageCost]
    downloads: Mapping[str, DownloadCost]
    idle: float  # MB of memory once all pages were asked


def random_answers(chance: random.Random) -> dict[str, Any]:
    """Answers to every question but the photo."""
    villages = [f"v{number}" for number in range(12)]
    return {
        "nom": f"Nom {chance.randrange(9_000)} kɔlɔn",
        "age": chance.randrange(90),
        "poids": f"{chance.randrange(3, 90)}.5",
        "jour": f"2026-{chance.randrange(1, 12):02}-{chance.randrange(1, 28):02}",
        "heure": f"{chance.randrange(24):02}:30",
        "moment": f"2026-11-{chance.randrange(1, 28):02}T08:30",
        **{f"village{number}": chance.choice(villages) for number in range(7)},
        "accord": chance.choice(("oui", "non")),
        "connus": [name for name in villages if chance.random() < 0.3] or ["v1"],
        "ou": f"{chance.randrange(1000, 1500) / 100:.2f} {chance.randrange(-500, -100) / 100:.2f}",
        "enfants": [
            {"prenom": f"Enfant {child}", "ans": chance.randrange(15)} for child in range(chance.randrange(1, 4))
        ],
    }


@asynccontextmanager
async def _inbox_without_quota(folder: Path) -> AsyncIterator[Services]:
    services = create_services(Settings(data=folder / "data", content=folder / "content", app=folder / "app"))
    await services.store.prepare()
    ring = open_keyring(services.settings.keys, create=True)
    if ring is None:
        raise RuntimeError("the key of this folder cannot be made")
    await import_folder(services.store, services.settings.content)
    await services.publisher.publish(ring.keys)
    services.inbox.sign_with(ring.keys)
    async with following(services, everything=True):
        await services.current_editions.load()
        services.inbox.node_cache._quota = Quota(time.monotonic, (1e9, 1e9), (1e9, 1e9))
        yield services
    await services.store.close()


async def fill_store(folder: Path, submissions: int, photos: int) -> None:
    """Import and publish the form, and receive the submissions of one enrolled phone, by the rules of a request."""
    chance = random.Random(SEED)
    async with _inbox_without_quota(folder) as services:
        phone = await _enrol(services)
        for start in range(0, submissions, 100):
            filled: list[FilledForm] = []
            pieces: list[RequestLine] = []
            for number in range(start, min(start + 100, submissions)):
                answers, files = random_answers(chance), list[bytes]()
                if number < photos:
                    files = [chance.randbytes(PHOTO_BYTES)]
                    answers["vue"] = 0
                    pieces += [_piece(line) for line in piece_lines(files[0])]
                place = f"ML-{chance.randrange(1, REGIONS)}"
                filled.append(phone.fill(FORM, answers, files, day=TODAY, place=place))
            lines: list[RequestLine] = [submission_line(each.text, each.signature) for each in filled]
            for batch in (lines, *(pieces[at : at + 100] for at in range(0, len(pieces), 100))):
                verdicts = await services.inbox.receive(batch, "bundle")
                if bad := [verdict for verdict in verdicts if verdict.verdict != "accepted"]:
                    raise RuntimeError(f"not received: {bad[0]}")


async def _enrol(services: Services) -> PhoneSimulator:
    phone = PhoneSimulator(SITE, SEED)
    code = "ABCDE01234"
    await invite(services.store, code, Invitation("Enquêteuse", "ML-5", "2099-01-01", "2099-01-01", "bench"))
    proof = phone.enrolment(code)
    await services.inbox.enrol(code, proof["key"], proof["signature"])
    return phone


def _piece(line: str) -> PieceLine:
    value = json.loads(line)
    return PieceLine(value["file"], value["at"], base64url_decode(value["data"]))


def measure_costs(submissions: int = SUBMISSIONS, photos: int = PHOTOS) -> Costs:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "content", {**FILES, "forms/enquete.md": SURVEY})
        write(folder / "app", APP)
        invitation = run_command(folder, "account", "add", "chef", "--role", "coordinator")
        asyncio.run(fill_store(folder, submissions, photos))
        with running_server(folder) as server:
            server.drain()
            server.get("readyz")
            return asyncio.run(_measure(server, invitation))


async def _measure(server: ServerProcess, invitation: str) -> Costs:
    async with httpx.AsyncClient(base_url=server.url.rstrip("/"), timeout=900) as client:
        chief = ConsoleUser(client, "chef")
        await join(chief, invitation)
        await asyncio.to_thread(wait_until_idle, server.process_id)
        pages = {what: await _measure_page(chief, server.process_id, path) for what, path in PAGES.items()}
        idle = memory(server.process_id)
        downloads = {
            what: await _measure_download(chief, server.process_id, query) for what, query in DOWNLOADS.items()
        }
    return Costs(pages, downloads, idle)


async def _measure_page(chief: ConsoleUser, process: int, path: str) -> PageCost:
    costs = []
    for _ in range(1 + ASKED):
        before = count_seconds(process)
        answer = await chief.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
        costs.append(count_seconds(process) - before)
    return PageCost(costs[0], costs[1:])


async def _measure_download(chief: ConsoleUser, process: int, query: str) -> DownloadCost:
    forget_peak(process)
    memory_before, before, started = memory(process), count_seconds(process), time.monotonic()
    wait = size = 0.0
    async with chief.client.stream("GET", f"/console/feedback/export/enquete?{query}") as answer:
        if answer.status_code != 200:
            raise RuntimeError(f"{query}: {answer.status_code}")
        async for piece in answer.aiter_raw():
            wait = wait or time.monotonic() - started
            size += len(piece)
    processor = count_seconds(process) - before
    return DownloadCost(processor, wait, int(size), memory(process, "VmHWM") - memory_before)


def memory(process: int, which: str = "VmRSS") -> float:
    """MB of memory of a process now, or at most since `forget_peak` (VmHWM)."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(re.findall(rf"{which}:\s+(\d+) kB", status)[0]) / 1000


def forget_peak(process: int) -> None:
    Path(f"/proc/{process}/clear_refs").write_text("5")


def table(costs: Costs) -> str:
    lines = ["", f"| {SUBMISSIONS:,} submissions, console | processor time | the first time |", "| --- | ---: | ---: |"]
    lines += [
        f"| {what} | {1000 * statistics.median(cost.others):.0f} ms | {1000 * cost.first:.0f} ms |"
        for what, cost in costs.pages.items()
    ]
    heading = f"| download ({costs.idle:.0f} MB of memory before) | processor time | first byte | size | more memory |"
    lines += ["", heading, "| --- | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| {what} | {cost.processor:.1f} s | {cost.wait:.1f} s | {cost.size / 1e6:.1f} MB | {cost.growth:.0f} MB |"
        for what, cost in costs.downloads.items()
    ]
    return "\n".join(lines)


def missed_thresholds(costs: Costs) -> list[str]:
    slow = [
        f"{what} takes {statistics.median(cost.others):.2f} s of processor time, not {MOST_SECONDS} at most"
        for what, cost in costs.pages.items()
        if statistics.median(cost.others) > MOST_SECONDS
    ]
    large = [
        f"{what} takes {cost.growth:.0f} MB of memory, not {MOST_GROWTH} at most"
        for what, cost in costs.downloads.items()
        if cost.growth > MOST_GROWTH
    ]
    return slow + large


if __name__ == "__main__":
    measured = measure_costs()
    sys.exit(exit_status(table(measured), missed_thresholds(measured)))
