"""Requests that no client sends: each gets an answer of its own fault, and none leaves a trace in the log.

Thousands in process in every run; a hundred thousand over sockets, with memory and files, in the long run.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import anyio
import httpx
import pytest
from starlette.types import Message, Scope

from server.accounts.account import Role
from server.console.context import SESSION_COOKIE
from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from tests.support.console_client import ConsoleUser
from tests.support.console_crawler import ConsoleCrawler
from tests.support.console_feedback import FeedbackConsole
from tests.support.console_steps import GUIDE_ID, draft_alert, save_draft
from tests.support.content_folder import write
from tests.support.first_steps import enrol_phone, join
from tests.support.generated_requests import Fields, GeneratedRequest, RequestGenerator
from tests.support.inbox_site import FILES, RUMOUR_ANSWERS, VISIT_ANSWERS, post_lines
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import PhoneSimulator, piece_lines
from tests.support.raw_http import RawConnection
from tests.support.server_process import run_command, running_server
from tests.support.small_site import APP, Site

pytestmark = pytest.mark.anyio

SEED = 20261201
COUNT, LONG_COUNT = 3000, 100_000
PATIENCE = 60  # seconds for one answer
# Refusals that say "not now" and why, instead of a fault: a limit on work, and a server that sends no pushes.
DOCUMENTED_503 = {"busy", "later", "push-not-here", "page", "head"}
UNEXPECTED = "Quelque chose n’a pas marché ici."
MAX_503_SHARE = 0.05
CONTACT, NO_SERVICE = "mailto:alertes@exemple.ml", "push.invalid"  # pushes are taken, and lead nowhere
OBJECTS = (
    b'{"endpoint":"https://fcm.googleapis.com/fcm/send/x","lang":"fr"}',
    json.dumps(
        {
            "endpoint": "https://fcm.googleapis.com/fcm/send/x",
            "keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22},
            "channel": "fr-ML",
            "topics": ["*"],
            "region": "ML-1",
            "severity": "Severe",
        }
    ).encode(),
    b'{"alert":"crue-bani-1","lang":"fr"}',
    json.dumps({"id": "A" * 43, "secret": "B" * 43}).encode(),
    json.dumps(["A" * 43, "B" * 43]).encode(),
    json.dumps({"code": "ABCDE01234", "key": "B" + "A" * 86, "signature": "A" * 86}).encode(),
)
FORMS = {slug: Form(compile_markdown(slug, FILES[f"forms/{slug}.md"])) for slug in ("rumeur", "visite", "photo")}


async def ask_app(site: Site, request: GeneratedRequest) -> tuple[int, bytes]:
    """The application's answer in process: status and body. Raises what the application raises."""
    path, _, query = request.target.partition(b"?")
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": request.headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    sent: list[Message] = []
    waiting: list[Message] = [{"type": "http.request", "body": request.body}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    with anyio.fail_after(PATIENCE):
        await site.app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body


def find_code(request: GeneratedRequest, body: bytes) -> str:
    """An error's code; a page for people shows its sentence instead, and an answer to HEAD nothing."""
    match = re.search(rb'"code": ?"([a-z-]+)"', body)
    if match:
        return match[1].decode()
    is_expected = body.startswith(b"<!doctype html>") and UNEXPECTED.encode() not in body
    return "page" if is_expected else "head" if request.method == "HEAD" else ""


class AnswerCounts:
    """Counts of answers by status; `faults`: 5xx that no document foresees, with the requests that got them."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.foreseen: Counter[str] = Counter()
        self.faults: list[tuple[int, GeneratedRequest, bytes]] = []

    def __str__(self) -> str:
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return f"{statuses}; documented 503: {dict(self.foreseen)}; faults: {len(self.faults)}"

    def add(self, request: GeneratedRequest, status: int, body: bytes) -> None:
        self.statuses[status] += 1
        if 0 < status < 500:
            return
        code = find_code(request, body)
        if status == 503 and code in DOCUMENTED_503:
            self.foreseen[code] += 1
        else:
            self.faults.append((status, request, body[:200]))

    def check(self) -> None:
        assert self.faults[:3] == []
        assert self.foreseen.total() <= MAX_503_SHARE * self.statuses.total()


def signed_lines(phone: PhoneSimulator, forms: Mapping[str, Form]) -> list[bytes]:
    """Lines of an enrolled phone: reports, one with an attachment, and its pieces."""
    photo = bytes(range(256)) * 4
    filled = [
        phone.fill(forms["rumeur"], RUMOUR_ANSWERS),
        phone.fill(forms["visite"], VISIT_ANSWERS),
        phone.fill(forms["photo"], {"vue": 0, "mot": "kɛlɛ"}, [photo]),
    ]
    return [*(form.line.encode() for form in filled), *(line.encode() for line in piece_lines(photo))]


async def crawl_forms(chief: ConsoleUser) -> list[tuple[str, Fields]]:
    """The forms of all pages of the console, as a browser would post them; without those that end the session."""
    pages = await ConsoleCrawler(chief, ()).pages()
    return [
        (form.action.partition("?")[0], {name: values[:1] for name, values in form.options.items()} | form.given)
        for page in pages
        for form in page.forms
        if form.method == "post" and not form.action.startswith(f"/console/accounts/{chief.name}")
    ]


async def generator_for(chief: ConsoleUser, phone: PhoneSimulator, forms: Mapping[str, Form]) -> RequestGenerator:
    """A generator with what this site has: its pages, a report, an alert's draft, the console's own forms."""
    lines = signed_lines(phone, forms)
    verdicts = await post_lines(chief.client, [line.decode() for line in lines])
    assert {verdict["verdict"] for verdict in verdicts} == {"accepted"}
    await draft_alert(chief)
    await save_draft(chief, GUIDE_ID, title="Deux mots")
    manifest = await chief.client.get("/feed/fr-ML/manifest")
    values = {
        "channel": ("fr-ML",),
        "path": ("", "guides/deux", "search", "none"),
        "name": ("awa", "nobody"),
        "id": (GUIDE_ID, str(verdicts[0]["id"]), "A" * 43),
        "form": ("visite", "plainte"),
        "edition": (digest(manifest.json()["statement"]),),
        "index": ("0", "²"),
    }
    session = (chief.client.cookies[SESSION_COOKIE], chief.csrf)
    return RequestGenerator(SEED, b"site", values, session, lines, OBJECTS, await crawl_forms(chief))


async def test_thousands_of_generated_requests_are_answered_without_a_fault(
    feedback: FeedbackConsole, caplog: pytest.LogCaptureFixture
) -> None:
    site = feedback.inbox_site.site
    site.app = feedback.console_site.transport.app  # type: ignore[assignment]
    chief, phone = await feedback.console_site.person(Role.ADMINISTRATOR), await feedback.inbox_site.enrolled()
    generator = await generator_for(chief, phone, feedback.inbox_site.forms)
    answers = AnswerCounts()
    with caplog.at_level(logging.WARNING):
        for request in generator.generate(COUNT):
            answers.add(request, *await ask_app(site, request))
    answers.check()
    assert answers.statuses.total() == COUNT
    assert {200, 303, 400, 403, 404, 405, 421, 422} <= answers.statuses.keys()  # the requests reach the handlers
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    record_figure(f"generated requests in process: {answers}")


@pytest.mark.soak
async def test_a_hundred_thousand_generated_requests_change_no_memory_and_no_descriptors(tmp_path: Path) -> None:
    write(tmp_path / "content", FILES)
    write(tmp_path / "app", APP)
    output = run_command(tmp_path, "account", "add", "chef", "--role", "administrator")
    with running_server(
        tmp_path, KUNNAFONI_HOSTS="site", KUNNAFONI_PUSH_CONTACT=CONTACT, KUNNAFONI_PUSH_SERVICES=NO_SERVICE
    ) as server:
        server.drain()
        async with httpx.AsyncClient(base_url=server.url.rstrip("/")) as client:
            chief = ConsoleUser(client, "chef")
            await join(chief, output)
            phone = await enrol_phone(chief)
            generator = await generator_for(chief, phone, FORMS)
        answers, sizes = AnswerCounts(), [server.size()]
        connection = RawConnection(server.port, PATIENCE)
        for number, request in enumerate(generator.generate(LONG_COUNT), 1):
            answers.add(request, *connection.ask(request))
            if number % (LONG_COUNT // 20) == 0:
                sizes.append(server.size())
        connection.close()
        assert server.get("healthz") == b"ok\n"
    record_figure(f"generated requests over sockets: {answers}; MB of memory and descriptors: {sizes}")
    answers.check()
    assert "Traceback" not in server.said
    settled = sizes[len(sizes) // 2 :]  # caches are full by then
    assert max(memory for memory, _ in settled) <= 1.05 * settled[0][0]
    assert max(descriptors for _, descriptors in settled) <= settled[0][1] + 4
