"""Processor time of each kind of request that needs no account, beside a page that is kept.

    python -m tests.bench.strangers

In process, without a socket: what a stranger costs is what the application does. Every request of a kind is a different
one, as an attacker would send them; the first of a kind is not counted. Time is that of the process with its threads.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Route

from server.app import create_app, create_services
from server.inbox.quota import Quota
from server.keys.keyring import open_keyring
from server.program import ROOT
from server.push.endpoint_policy import EndpointPolicy
from server.routes import ROUTES
from server.services import Services
from server.settings import Settings
from server.web.fair_bucket import FairBucket
from sync.canonical import digest
from sync.content.intake import import_folder
from sync.content.stored import library_from_store
from sync.editions.publishing import SigningKeys
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from tests.bench.exit_status import exit_status
from tests.support.fake_push_service import HOST, FakePushService
from tests.support.following import following
from tests.support.phone_simulator import PhoneSimulator
from tests.support.sample_alerts import ALERT

CHANNEL = "fr-ML"
REQUESTS = 20  # of each kind
PAGE_REQUESTS = 200  # of the kept page, which is quick
LIMIT = 5.0  # milliseconds; what costs more has to wait its turn in a fair queue
KEPT_PAGE = "a page that is kept"
QUEUED = {  # kinds that wait their turn: hashing is meant to be slow, the others look for or pack what nobody asked
    "sign-in, wrong password",
    "search, one word",
    "a broken download goes on",
    "all pages by digest",
    "one page 512 times",
    "4 MB of numbers in 4 kB",
    "16 submissions of 250 kB",
    "4 MB of nothing in 4 kB",
}


@dataclass(frozen=True, slots=True)
class StrangerRequest:
    """One request. `query` and `body` are made for the n-th of its kind."""

    method: str
    path: str
    query: Callable[[int], str] = lambda number: ""
    body: Callable[[int], bytes] = lambda number: b""
    content_type: str = "application/json"


@dataclass
class BenchSite:
    """The project's own content with a second edition, served in process."""

    services: Services
    app: Starlette
    keys: SigningKeys
    form: Form
    site: str
    first_edition: str = ""
    words: list[str] = field(default_factory=list)


Milliseconds = Mapping[str, float]  # by kind: median of the processor time


@asynccontextmanager
async def running_bench_site(folder: Path) -> AsyncIterator[BenchSite]:
    settings = Settings(
        data=folder / "data", content=ROOT / "content", app=ROOT / "pwa" / "dist", push_contact="mailto:a@exemple.ml"
    )
    services = create_services(settings)
    services.endpoint_policy = EndpointPolicy((HOST,), allows_local=True)
    services.push.policy = services.endpoint_policy
    await services.store.prepare()
    ring = open_keyring(settings.keys, create=True)
    assert ring
    await import_folder(services.store, settings.content)
    await services.publisher.publish(ring.keys, [CHANNEL])
    app = create_app(services, ring.keys)
    async with following(services, everything=True):
        first = services.current_editions.get(CHANNEL).edition.id
        await services.alerts.send(replace(ALERT, sent="", expires=_tomorrow()), "")
        await services.current_editions.load()
        await services.feeds.precompress(CHANNEL)
        document = (await library_from_store(services.store)).forms["utilite"]
        current = services.current_editions.get(CHANNEL)
        words = sorted({word for body in current.bodies.values() for word in body.split() if word.isalpha()})
        yield BenchSite(
            services,
            app,
            ring.keys,
            Form(compile_document(document)),
            current.edition.statement.site,
            first,
            words[:: max(1, len(words) // 500)],
        )
    await services.store.close()


def _tomorrow() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))


def kinds(site: BenchSite) -> Iterator[tuple[str, StrangerRequest]]:
    """Every kind of request without an account, of every row of the table of routes."""
    head = site.services.current_editions.get(CHANNEL)
    pages = list(head.bodies)
    guide = next(path for path in head.paths if path.startswith("guides/"))
    phone, push = PhoneSimulator(site.site), FakePushService(port=1)

    def subscription(number: int) -> dict[str, Any]:
        body = push.subscription(push.phone(f"phone{number}"))
        choices = {"channel": CHANNEL, "topics": ["alerts"], "region": "", "severity": "Severe"}
        return {"endpoint": body["endpoint"], "keys": {"p256dh": body["public"], "auth": body["auth"]}, **choices}

    def report(number: int) -> bytes:
        day = time.strftime("%Y-%m-%d", time.gmtime())
        return phone.fill(site.form, {"page": f"guides/{number}", "aide": "oui"}, day=day).line.encode()

    def long_report(number: int) -> bytes:
        filled = phone.fill(site.form, {"page": "x" * 120, "aide": "oui", "mot": "é" * 120_000})
        return filled.line.encode()

    def sign_in(number: int) -> bytes:
        return f"name=name{number}&password=wrong+password&code=".encode()

    form = "application/x-www-form-urlencoded"
    yield KEPT_PAGE, StrangerRequest("GET", f"/{CHANNEL}/{guide}")
    yield "the home page", StrangerRequest("GET", "/")
    yield "a page that is not there", StrangerRequest("GET", f"/{CHANNEL}/guides/none", lambda n: f"x={n}")
    yield "search, one word", StrangerRequest("GET", f"/{CHANNEL}/search", lambda n: f"q={quote(site.words[n])}")
    yield (
        "search, one letter and many words",
        StrangerRequest("GET", f"/{CHANNEL}/search", lambda n: f"q={quote(f'{chr(97 + n)} e d l s c p a {n}')}"),
    )
    yield "first sync", StrangerRequest("GET", f"/feed/{CHANNEL}")
    yield "nothing new", StrangerRequest("GET", f"/feed/{CHANNEL}", lambda n: f"have={head.edition.id}")
    yield "from the edition before", StrangerRequest("GET", f"/feed/{CHANNEL}", lambda n: f"have={site.first_edition}")
    yield (
        "from an unknown edition",
        StrangerRequest("GET", f"/feed/{CHANNEL}", lambda n: f"have={digest(str(n))}"),
    )
    yield (
        "a broken download goes on",
        StrangerRequest("GET", f"/feed/{CHANNEL}", lambda n: f"to={head.edition.id}&after={n + 1}"),
    )
    yield "manifest", StrangerRequest("GET", f"/feed/{CHANNEL}/manifest", lambda n: f"to={head.edition.id}&x={n}")
    yield (
        "manifest of an edition before",
        StrangerRequest("GET", f"/feed/{CHANNEL}/manifest", lambda n: f"to={site.first_edition}&x={n}"),
    )
    yield (
        "all pages by digest",
        StrangerRequest("POST", f"/feed/{CHANNEL}/pages", body=lambda n: _json(pages[n:] + pages[:n])),
    )
    yield (
        "one page 512 times",
        StrangerRequest("POST", f"/feed/{CHANNEL}/pages", body=lambda n: _json([pages[n]] * 512)),
    )
    yield "CAP feed", StrangerRequest("GET", "/cap/alerts.atom", lambda n: f"x={n}")
    yield "notices as JSON", StrangerRequest("GET", "/notices.json", lambda n: f"x={n}")
    yield "notices as Atom", StrangerRequest("GET", "/notices.atom", lambda n: f"x={n}")
    yield "CAP alert", StrangerRequest("GET", f"/cap/{ALERT.slug}.xml", lambda n: f"x={n}")
    yield "a public report", StrangerRequest("POST", "/inbox", body=report)
    yield (
        "4 MB of nothing in 4 kB",
        StrangerRequest("POST", "/inbox", body=lambda n: gzip.compress((b'{"a":"' + b"x" * 511_000 + b'"}\n') * 8)),
    )
    yield (
        "4 MB of numbers in 4 kB",
        StrangerRequest("POST", "/inbox", body=lambda n: gzip.compress((b'{"a":[' + b"1," * 255_000 + b"1]}\n") * 8)),
    )
    yield (
        "16 submissions of 250 kB",
        StrangerRequest("POST", "/inbox", body=lambda n: gzip.compress(long_report(n) * 16)),
    )
    yield "100 lines of nothing", StrangerRequest("POST", "/inbox", body=lambda n: b"{}\n" * 100)
    yield (
        "200 receipts",
        StrangerRequest("POST", "/inbox/receipts", body=lambda n: _json([digest(f"{n} {m}") for m in range(200)])),
    )
    yield "an answer", StrangerRequest("POST", "/inbox/answers", body=_id_and_secret)
    yield "a withdrawal", StrangerRequest("POST", "/inbox/withdrawals", body=_id_and_secret)
    yield (
        "a wrong code of a phone",
        StrangerRequest(
            "POST", "/devices", body=lambda n: _json(PhoneSimulator(site.site, n).enrolment(f"ABCDE{n:05}"))
        ),
    )
    yield "push key", StrangerRequest("GET", "/push/key")
    yield "a subscription", StrangerRequest("POST", "/push/subscriptions", body=lambda n: _json(subscription(n)))
    yield (
        "the end of a subscription",
        StrangerRequest("DELETE", "/push/subscriptions", body=lambda n: _json(subscription(n))),
    )
    yield (
        "a test of a phone",
        StrangerRequest("POST", "/push/test", body=lambda n: _json({"endpoint": f"http://{HOST}:1/x{n}"})),
    )
    yield (
        "an alert was shown",
        StrangerRequest("POST", "/push/shown", body=lambda n: _json({"alert": f"a{n}", "lang": "fr"})),
    )
    yield "sign-in page", StrangerRequest("GET", "/console/sign-in", lambda n: f"x={n}")
    yield "sign-in, wrong password", StrangerRequest("POST", "/console/sign-in", body=sign_in, content_type=form)
    yield "a wrong one-time link", StrangerRequest("GET", f"/console/welcome/{'A' * 43}", lambda n: f"x={n}")
    yield "a page of the console", StrangerRequest("GET", "/console/nowhere", lambda n: f"x={n}")
    yield (
        "a phone asks of itself",
        StrangerRequest("POST", "/devices/state", body=lambda n: _json({"device": digest(str(n))})),
    )
    yield "what is shared without the app", StrangerRequest("POST", "/share", body=lambda n: _json([str(n)]))
    yield (
        "a message is checked",
        StrangerRequest(
            "POST", f"/{CHANNEL}/notices", body=lambda n: f"message=cliquez+sur+le+lien+{n}".encode(), content_type=form
        ),
    )
    yield "the worker", StrangerRequest("GET", "/sw.js")
    yield "the worker of the console", StrangerRequest("GET", "/console/sw.js")
    yield "figures without a token", StrangerRequest("GET", "/metrics", lambda n: f"x={n}")
    yield "a script", StrangerRequest("GET", "/app/none.js")
    yield "a script of the console", StrangerRequest("GET", "/console/assets/none.js")
    yield "a channel without a slash", StrangerRequest("GET", f"/{CHANNEL}")
    yield "a channel", StrangerRequest("GET", f"/{CHANNEL}/")
    yield "an address that is not there", StrangerRequest("GET", "/none", lambda n: f"x={n}")
    yield "the console without an account", StrangerRequest("GET", "/console")
    yield "alive?", StrangerRequest("GET", "/healthz")
    yield "an image that is not there", StrangerRequest("GET", f"/media/{'A' * 43}.webp", lambda n: f"x={n}")
    yield "ready?", StrangerRequest("GET", "/readyz")


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _id_and_secret(number: int) -> bytes:
    return _json({"id": digest(str(number)), "secret": digest("secret")})


async def ask(app: Starlette, request: StrangerRequest, number: int) -> int:
    """Send the n-th request of a kind; return the status."""
    body = request.body(number)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query(number).encode(),
        "root_path": "",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"accept-encoding", b"br"),
            (b"content-type", request.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": (f"10.0.0.{number % 250}", 50_000),
        "server": ("127.0.0.1", 80),
    }
    statuses: list[int] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


async def measure(folder: Path) -> Milliseconds:
    """Median processor time of each kind. Raises RuntimeError if a request ends as an unexpected error."""
    async with running_bench_site(folder) as site:
        site.services.inbox.node_cache._quota = Quota(time.monotonic, public=(1e9, 1e9))
        site.services.push.quota._saves = FairBucket(time.monotonic, 1e9, 1e9)
        requests = dict(kinds(site))
        if missing := unasked_routes(list(requests.values())):
            raise RuntimeError(f"no kind of request asks {missing}")
        return {kind: await _measure_kind(site.app, kind, request) for kind, request in requests.items()}


def unasked_routes(requests: Sequence[StrangerRequest]) -> list[str]:
    """Rows of the table of routes that none of the requests is answered by; preflights and the console's apart."""
    return [
        f"{method} {route.path}"
        for route in ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
        if not any(request.method == method and route.path_regex.match(request.path) for request in requests)
    ]


async def _measure_kind(app: Starlette, kind: str, request: StrangerRequest) -> float:
    await ask(app, request, 0)
    times = []
    for number in range(1, (PAGE_REQUESTS if kind == KEPT_PAGE else REQUESTS) + 1):
        prepared = replace(request, body=_constant(request.body(number)))
        started = time.process_time()
        status = await ask(app, prepared, number)
        times.append((time.process_time() - started) * 1000)
        if status >= 500:
            raise RuntimeError(f"{kind}: {status}")
    return statistics.median(times)


def _constant(body: bytes) -> Callable[[int], bytes]:
    return lambda number: body


def table(measured: Milliseconds) -> str:
    lines = ["", "| a stranger's request | processor time | kept pages |", "| --- | ---: | ---: |"]
    lines += [
        f"| {kind} | {milliseconds:.2f} ms | {milliseconds / measured[KEPT_PAGE]:.1f} |"
        for kind, milliseconds in sorted(measured.items(), key=lambda pair: -pair[1])
    ]
    return "\n".join(lines)


def missed_thresholds(measured: Milliseconds) -> list[str]:
    return [
        f"Too costly: {kind}: {milliseconds:.1f} ms of processor time, {LIMIT:g} wanted."
        for kind, milliseconds in measured.items()
        if milliseconds > LIMIT and kind not in QUEUED
    ]


def main() -> int:
    """Exit code 1 when a kind costs more than the limit without waiting its turn."""
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(Path(folder)))
    return exit_status(table(measured), missed_thresholds(measured))


if __name__ == "__main__":
    sys.exit(main())
