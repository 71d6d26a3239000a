"""Half an hour of everything at once on a real server: its memory and its descriptors stay where they were."""

from __future__ import annotations

import asyncio
import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from tests.support.console_client import PASSWORD, ConsoleUser
from tests.support.content_folder import write
from tests.support.fake_push_service import FakePushService
from tests.support.first_steps import enrol_phone, join
from tests.support.held_connections import hold
from tests.support.inbox_site import FILES, RUMOUR_ANSWERS, SITE, VISIT_ANSWERS
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import PhoneSimulator, padded_body
from tests.support.server_process import ServerProcess, run_command, running_server
from tests.support.small_site import APP

pytestmark = [pytest.mark.anyio, pytest.mark.soak]

SECONDS = 1_800.0
WARM_UP = 0.25  # of the time, after which nothing grows any more
SAMPLES = 120
CHANNEL = "fr-ML"
PATIENCE = 60.0  # seconds for one answer
CARRIED = 40  # forms in a bundle
HELD_LONG = "connection held over 150 s"
HOLD_SECONDS = 150
INDEXED = 0.002  # MB of memory for a submission that is kept: the index that lists are made of has 1.4 kB for each
HASHING = 2 * 64  # MB, for as long as two passwords are hashed
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
FORMS = {slug: Form(compile_markdown(slug, FILES[f"forms/{slug}.md"])) for slug in ("rumeur", "visite")}
# Refusals that belong to a load: full quotas, a busy moment, a wrong password.
FORESEEN = {"later", "429", "503"}


@dataclass
class MixedLoad:
    """People, phones and strangers at one server. `counts`: what each kind got."""

    server: ServerProcess
    folder: Path
    phones: list[PhoneSimulator] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(20261201))
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    guide: int = 0

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.server.url.rstrip("/"), timeout=PATIENCE)

    def note(self, kind: str, answer: httpx.Response, *expected: int) -> None:
        self.counts[f"{kind} {answer.status_code}"] += 1
        if answer.status_code not in expected and str(answer.status_code) not in FORESEEN:
            self.faults.append(f"{kind}: {answer.request.url.path} {answer.status_code} {answer.text[:200]}")

    async def read(self, client: httpx.AsyncClient) -> None:
        for path in (f"/{CHANNEL}/", f"/{CHANNEL}/guides/argent", f"/{CHANNEL}/search?q=argent", "/sw.js", "/none"):
            self.note("page", await client.get(path), 200, 404 if path == "/none" else 200)

    async def follow(self, client: httpx.AsyncClient) -> None:
        """A first sync, and the same phone again with nothing new and with a lost page."""
        packed = {"accept-encoding": self.chance.choice(("br", "gzip", "identity"))}
        first = await client.get(f"/feed/{CHANNEL}", headers=packed)
        self.note("first sync", first, 200)
        head = digest(json.loads(first.text.splitlines()[0])["statement"])
        self.note("unchanged feed", await client.get(f"/feed/{CHANNEL}?have={head}"), 204, 200)
        manifest = (await client.get(f"/feed/{CHANNEL}/manifest")).text
        digests = re.findall(r" ([\w-]{43}) ", manifest)[:2]
        self.note("pages", await client.post(f"/feed/{CHANNEL}/pages", json=digests), 200, 404)

    async def report(self, client: httpx.AsyncClient) -> None:
        filled = PhoneSimulator(SITE, self.chance.getrandbits(60)).fill(FORMS["rumeur"], RUMOUR_ANSWERS, day=TODAY)
        await self._post(client, "report", filled.line)

    async def carry(self, client: httpx.AsyncClient) -> None:
        phone = self.chance.choice(self.phones)
        lines = [phone.fill(FORMS["visite"], VISIT_ANSWERS, day=TODAY).line for _ in range(CARRIED)]
        await self._post(client, "carried form", "".join(lines))

    async def _post(self, client: httpx.AsyncClient, kind: str, lines: str) -> None:
        answer = await client.post("/inbox", content=padded_body(lines, packed=True))
        self.note("inbox", answer, 200)
        for line in answer.text.splitlines() if answer.status_code == 200 else ():
            verdict = json.loads(line)
            self.counts[f"{kind} {verdict['verdict']}"] += 1
            if verdict["verdict"] == "refused":
                self.faults.append(f"{kind}: {line}")

    async def subscribe(self, client: httpx.AsyncClient) -> None:
        service = FakePushService(port=1)
        body = service.subscription(service.phone(f"phone{self.chance.getrandbits(60)}"))
        endpoint = f"https://push.invalid/{self.chance.getrandbits(60):x}"
        keys = {"p256dh": body["public"], "auth": body["auth"]}
        choices = {"channel": CHANNEL, "topics": ["alerts"], "region": "", "severity": "Severe"}
        wanted = {"endpoint": endpoint, "keys": keys, **choices}
        self.note("subscription", await client.post("/push/subscriptions", json=wanted), 204)
        ended = await client.request("DELETE", "/push/subscriptions", json={"endpoint": endpoint, "lang": "fr"})
        self.note("end of a subscription", ended, 204)

    async def sign_in(self, client: httpx.AsyncClient) -> None:
        person = ConsoleUser(client)
        wrong = await person.post("/sign-in", {"name": f"nobody{self.chance.randrange(9)}", "password": PASSWORD})
        self.note("wrong sign-in", wrong, 403, 422, 200, 401)
        answer = await person.sign_in("chef")
        self.note("sign-in", answer, 303)
        for path in ("/", "/feedback", "/feedback/list", "/publishing", "/journal", "/writing", "/devices"):
            self.note("screen", await person.get(path), 200, 303)
        self.note("sign-out", await person.post("/sign-out"), 303)

    async def publish(self, client: httpx.AsyncClient) -> None:
        """Another text, published by the command line beside the running server."""
        self.guide = 1 - self.guide
        text = f"---\ntitle: Argent\n---\n\nTexte {self.guide}. {'Comptez votre argent. ' * 30}\n"
        write(self.folder / "content", {"guides/argent/fr.md": text})
        for command in (["import", str(self.folder / "content")], ["publish"]):
            await asyncio.to_thread(run_command, self.folder, *command)
        while f"Texte {self.guide}." not in (await client.get(f"/{CHANNEL}/guides/argent")).text:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        self.counts["edition"] += 1

    async def hold(self, client: httpx.AsyncClient) -> None:
        page = f"GET /{CHANNEL}/ HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 16
        try:
            async with asyncio.timeout(HOLD_SECONDS):
                await hold(self.server.port, self.chance.randrange(5), 1.0, page)
            self.counts["held connection"] += 1
        except TimeoutError:  # 40 pauses and the time that a connection may stay idle, on a loaded machine
            self.counts[HELD_LONG] += 1

    async def repeat(self, deed: Callable[[httpx.AsyncClient], Awaitable[None]], pause: float, until: float) -> None:
        """Do it again and again, each time as somebody new with a connection of their own."""
        while (left := until - time.monotonic()) > 0:
            try:
                async with self.client() as client:
                    await deed(client)
            except (httpx.HTTPError, TimeoutError) as error:
                self.faults.append(f"{deed.__name__}: {error!r}")
            await asyncio.sleep(min(max(left, 0), pause * self.chance.uniform(0.5, 1.5)))


async def measure(server: ServerProcess, until: float) -> list[tuple[int, int]]:
    sizes = []
    while time.monotonic() < until:
        sizes.append(server.size())
        await asyncio.sleep(SECONDS / SAMPLES)
    return sizes


@pytest.mark.timeout(3600)
async def test_half_an_hour_of_mixed_load_leaves_memory_and_descriptors_flat(tmp_path: Path) -> None:
    write(tmp_path / "content", FILES)
    write(tmp_path / "app", APP)
    invitation = run_command(tmp_path, "account", "add", "chef", "--role", "administrator")
    with running_server(
        tmp_path, KUNNAFONI_PUSH_CONTACT="mailto:alertes@exemple.ml", KUNNAFONI_PUSH_SERVICES="push.invalid"
    ) as server:
        server.drain()
        load = MixedLoad(server, tmp_path)
        async with load.client() as client:
            chief = ConsoleUser(client, "chef")
            await join(chief, invitation)
            load.phones += [await enrol_phone(chief, seed) for seed in range(1, 9)]
        idle = server.size()
        until = time.monotonic() + SECONDS
        deeds: list[tuple[Callable[[httpx.AsyncClient], Awaitable[None]], float, int]] = [
            (load.read, 0.3, 4),
            (load.follow, 1.0, 3),
            (load.report, 0.5, 2),
            (load.carry, 10.0, 2),
            (load.subscribe, 1.0, 2),
            (load.sign_in, 5.0, 2),
            (load.hold, 1.0, 40),
            (load.publish, SECONDS / 10, 1),
        ]
        async with asyncio.TaskGroup() as group:
            measuring = group.create_task(measure(server, until))
            for deed, pause, people in deeds:
                for _ in range(people):
                    group.create_task(load.repeat(deed, pause, until))
        sizes = measuring.result()
        await asyncio.sleep(40)  # what was held is let go
        end = server.size()
        async with load.client() as client:
            ready = await client.get("/readyz")
        assert ready.status_code == 200, ready.text
    settled = sizes[int(len(sizes) * WARM_UP) :]
    memory, descriptors = [size[0] for size in settled], [size[1] for size in settled]
    kept = load.counts["report accepted"] + load.counts["carried form accepted"]
    third = len(memory) // 3
    first, last = statistics.median(memory[:third]), statistics.median(memory[-third:])
    counts = ", ".join(f"{count} x {what}" for what, count in sorted(load.counts.items()))
    record_figure(
        f"{SECONDS / 60:.0f} minutes of mixed load: {counts}; MB of memory: {idle[0]} idle, {first:.0f} after warm-up,"
        f" {last:.0f} in the last third, {max(memory)} at most, {end[0]} at the end; descriptors: {idle[1]} idle,"
        f" {min(descriptors)} to {max(descriptors)} under load, {end[1]} at the end"
    )
    assert load.faults[:3] == []
    assert load.counts[HELD_LONG] <= load.counts["held connection"] / 100
    assert "Traceback" not in server.said
    assert last <= 1.05 * first + 2 + INDEXED * kept, "memory grows with what is kept alone"
    assert max(memory) <= 1.25 * first + INDEXED * kept + HASHING
    assert end[1] <= idle[1] + 6, "every connection was let go"
