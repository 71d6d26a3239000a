"""People are told by mail of what waits for them: what they chose, once, at their hours, and without personal words."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.accounts.account import Role
from server.notifications.mail_server import MailServer
from server.notifications.notice_text import KIND_WORDS
from server.notifications.notifier import DAILY, LIFE, PAUSE, TODAY, Notifier
from server.notifications.webhook import Webhook
from server.push.endpoint_policy import EndpointPolicy
from server.worklist import alert_items, feedback_items, machine_items, publication_items, text_items
from sync.canonical import base64url_encode
from sync.errors import Refused
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import GUIDE_ID, decide_alert, draft_alert, save_draft
from tests.support.fake_push_service import HOST, FakePhone, FakePushService, running_push_service
from tests.support.smtp_sink import SmtpSink, running_smtp_sink

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with running_smtp_sink() as sink:
        yield sink


def notifier_of(console_site: ConsoleSite, sink: SmtpSink | None = None, webhook: str = "") -> Notifier:
    services = console_site.site.services
    mail = f"smtp://127.0.0.1:{sink.port}" if sink else ""
    return Notifier(
        services.store,
        services.worklist,
        services.console_browsers,
        MailServer.from_settings(mail, "Kunnafoni <kunnafoni@exemple.org>"),
        Webhook.from_settings(webhook),
        services.translator,
        services.clock,
        "https://exemple.org/console/",
        "fr",
    )


async def choose(person: ConsoleUser, *told: str, hour: int = 7) -> None:
    fields = {"mail": f"{person.name}@exemple.org", "told": list(told), "told_hour": str(hour)}
    assert (await person.decide("/me/notices", fields)).status_code == 303


async def test_an_alert_that_waits_is_told_once_by_mail_and_names_nobody(
    console_site: ConsoleSite, sink: SmtpSink
) -> None:
    notifier = notifier_of(console_site, sink)
    writer, other = await console_site.person(Role.COORDINATOR, "fanta"), await console_site.person(Role.COORDINATOR)
    await choose(writer, LIFE, TODAY)
    await choose(other, LIFE)
    await notifier.turn()
    assert sink.messages == []
    address = await draft_alert(writer, severity="Extreme", **{"fr-headline": "Le Bani déborde chez Awa"})
    await decide_alert(writer, address, "ask")
    await notifier.turn()
    await notifier.turn()
    [message] = sink.messages
    assert message["To"] == "coordinator@exemple.org", "its writer cannot decide, and need not know"
    assert "1 chose vous attend" in str(message["Subject"])
    text = message.get_content()
    assert "Alertes qui attendent une décision : 1" in text
    assert "https://exemple.org/console/" in text
    assert not any(word in text for word in ("Bani", "Awa", "fanta", address.rpartition("/")[2]))


async def test_what_waits_today_is_told_by_day_and_summed_up_once_a_day(
    console_site: ConsoleSite, sink: SmtpSink
) -> None:
    notifier, clock = notifier_of(console_site, sink), console_site.site.clock
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await choose(other, TODAY)
    now = clock()
    clock.pass_time(hours=(23 - now.hour) % 24)
    await save_draft(writer, GUIDE_ID, title="Un autre titre")
    await writer.decide(f"/writing/{GUIDE_ID}/ask")
    await notifier.turn()
    assert sink.messages == [], "it is night"
    clock.pass_time(hours=9)
    await notifier.turn()
    assert [str(message["To"]) for message in sink.messages] == ["awa@exemple.org"]
    other = await console_site.person(Role.EDITOR, "awa")
    await choose(other, DAILY, hour=10)
    await notifier.turn()
    assert len(sink.messages) == 1, "the summary has its hour"
    clock.pass_time(hours=3)
    await notifier.turn()
    await notifier.turn()
    assert len(sink.messages) == 2
    assert "Textes à relire : 1" in sink.messages[1].get_content()
    clock.pass_time(hours=24)
    await notifier.turn()
    assert len(sink.messages) == 3


async def test_what_a_mail_server_did_not_take_is_told_later(console_site: ConsoleSite, sink: SmtpSink) -> None:
    notifier = notifier_of(console_site, sink)
    writer, other = await console_site.person(Role.COORDINATOR, "fanta"), await console_site.person(Role.COORDINATOR)
    await choose(other, LIFE)
    await decide_alert(writer, await draft_alert(writer, severity="Extreme"), "ask")
    sink.refuses = True
    assert await notifier.turn() > PAUSE, "a mail server that is away is no job that has stopped"
    sink.refuses = False
    await notifier.turn()
    assert len(sink.messages) == 1


@pytest.fixture
async def push_service(console_site: ConsoleSite) -> AsyncIterator[FakePushService]:
    """A push service of this machine, which the site calls by today's clock."""
    site = console_site.site
    site.clock.now = datetime.datetime.now(datetime.UTC).replace(hour=12)
    async with running_push_service(FakePushService()) as service:
        site.services.push.policy = EndpointPolicy((HOST,), allows_local=True)
        site.services.push.create_key()
        yield service


def tomorrow(console_site: ConsoleSite) -> str:
    return (console_site.site.clock() + datetime.timedelta(days=1)).strftime("%Y-%m-%dT18:00")


async def add_browser(person: ConsoleUser, service: FakePushService, name: str) -> FakePhone:
    browser = service.phone(name)
    keys = {"p256dh": browser.public, "auth": base64url_encode(browser.auth)}
    answer = await person.post("/me/browsers", {"endpoint": f"{service.origin}/push/{name}", **keys})
    assert answer.status_code == 303, answer.text
    return browser


async def test_an_alert_that_waits_is_told_in_the_persons_browsers_once(
    console_site: ConsoleSite, push_service: FakePushService
) -> None:
    notifier = notifier_of(console_site)
    writer, other = await console_site.person(Role.COORDINATOR, "fanta"), await console_site.person(Role.COORDINATOR)
    await choose(other, LIFE)
    await choose(writer, LIFE)
    gone = await add_browser(other, push_service, "gone")
    browser = await add_browser(other, push_service, "laptop")
    own = await add_browser(writer, push_service, "phone")
    assert "2 navigateurs" in (await other.get("/me")).text
    await decide_alert(writer, await draft_alert(writer, severity="Extreme", expires=tomorrow(console_site)), "ask")
    await notifier.turn()
    await notifier.turn()
    [text] = browser.got
    assert json.loads(text) == {
        "title": "Kunnafoni : 1 chose vous attend",
        "body": "Alertes qui attendent une décision : 1",
    }
    assert browser.headers[0]["urgency"] == "high" and own.got == gone.got == [] and push_service.faults == []
    assert "1 navigateur vous" in (await other.get("/me")).text, "the browser that is gone is forgotten"
    assert (await other.post("/me/browsers/off")).status_code == 303
    assert await console_site.site.services.console_browsers.list_of("coordinator") == []


async def test_a_closed_account_is_told_nothing_and_its_browsers_are_forgotten(
    console_site: ConsoleSite, push_service: FakePushService
) -> None:
    people = console_site.people.accounts
    person = await console_site.person(Role.COORDINATOR)
    await choose(person, LIFE)
    browser = await add_browser(person, push_service, "laptop")
    await people.close(await people.get("coordinator"))
    writer = await console_site.person(Role.COORDINATOR, "fanta")
    await decide_alert(writer, await draft_alert(writer, severity="Extreme", expires=tomorrow(console_site)), "ask")
    await notifier_of(console_site).turn()
    assert browser.got == [] and await console_site.site.services.console_browsers.list_by_account() == {}


async def test_browsers_outlast_a_new_invitation_and_an_account_that_cannot_be_read(
    console_site: ConsoleSite, push_service: FakePushService
) -> None:
    store, browsers = console_site.site.services.store, console_site.site.services.console_browsers
    changes: dict[str, dict[str, object]] = {"fanta": {"password": ""}, "awa": {"role": "gone"}, "binta": {}}
    for name, change in changes.items():
        await add_browser(await console_site.person(Role.COORDINATOR, name), push_service, name)
        record = await store.get(Collection.PEOPLE, f"account:{name}")
        assert record
        await store.write(Collection.PEOPLE, [Write(record.id, {**record.body, **change}, record.rev)])
    await notifier_of(console_site).turn()
    assert set(await browsers.list_by_account()) == set(changes)


async def test_what_no_browser_took_is_told_later(console_site: ConsoleSite, push_service: FakePushService) -> None:
    notifier = notifier_of(console_site)
    writer, other = await console_site.person(Role.COORDINATOR, "fanta"), await console_site.person(Role.COORDINATOR)
    await choose(other, LIFE)
    browser = await add_browser(other, push_service, "busy")
    await decide_alert(writer, await draft_alert(writer, severity="Extreme", expires=tomorrow(console_site)), "ask")
    assert await notifier.turn() > PAUSE
    await notifier.turn()
    assert len(browser.got) == 1


async def test_a_browser_of_an_unknown_push_service_is_refused(console_site: ConsoleSite) -> None:
    person, key = await console_site.person(Role.EDITOR), FakePhone("x")
    keys = {"p256dh": key.public, "auth": base64url_encode(key.auth)}
    assert (await person.post("/me/browsers", {"endpoint": "https://evil.example/x", **keys})).status_code == 422
    assert (await person.post("/me/browsers", {"endpoint": "", "p256dh": "x", "auth": "y"})).status_code == 400


async def test_the_teams_webhook_hears_kinds_and_numbers_once(console_site: ConsoleSite) -> None:
    posts: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        posts.append(await request.json())
        return web.Response(status=503 if len(posts) == 1 else 204)

    application = web.Application()
    application.router.add_post("/hook", take)
    async with TestServer(application) as receiver:
        notifier = notifier_of(console_site, webhook=f"http://127.0.0.1:{receiver.port}/hook")
        writer = await console_site.person(Role.COORDINATOR, "fanta")
        await decide_alert(
            writer, await draft_alert(writer, **{"severity": "Extreme", "fr-headline": "Le Bani"}), "ask"
        )
        assert await notifier.turn() > PAUSE, "what was not taken is told later"
        await notifier.turn()
        await notifier.turn()
    assert posts[0] == posts[1] and len(posts) == 2
    assert posts[0]["waiting"] == {"alert": 1}
    assert "Alertes qui attendent une décision : 1" in posts[0]["text"] and "Bani" not in posts[0]["text"]
    for wrong in ("http://exemple.org/hook", "ftp://exemple.org", "x"):
        with pytest.raises(Refused):
            Webhook.from_settings(wrong)


async def test_a_mail_address_is_checked_and_an_empty_one_ends_all_mail(
    console_site: ConsoleSite, sink: SmtpSink
) -> None:
    person = await console_site.person(Role.COORDINATOR)
    for wrong in ("x", "a b@exemple.org", "a@exemple.org\nBcc: b@exemple.org", f"{'a' * 250}@exemple.org"):
        assert (await person.decide("/me/notices", {"mail": wrong, "told": "life"})).status_code == 422, wrong
    await choose(person, LIFE)
    assert (await person.decide("/me/notices", {"mail": "", "told": "life"})).status_code == 303
    writer = await console_site.person(Role.COORDINATOR, "fanta")
    await decide_alert(writer, await draft_alert(writer, severity="Extreme"), "ask")
    await notifier_of(console_site, sink).turn()
    assert sink.messages == []


def test_settings_of_mail_are_refused_unless_they_name_a_server_and_a_sender() -> None:
    assert MailServer.from_settings("", "") is None
    for address, sender in (
        ("mail.exemple.org", "a@exemple.org"),
        ("https://exemple.org", "a@exemple.org"),
        ("smtp://mail.exemple.org:x", "a@exemple.org"),
        ("smtp://mail.exemple.org", ""),
    ):
        with pytest.raises(Refused):
            MailServer.from_settings(address, sender)
    server = MailServer.from_settings("smtps://u:p%40@mail.exemple.org", "a@exemple.org")
    assert server and (server.port, server.has_tls, server.password) == (465, True, "p@")


def test_every_kind_of_thing_that_waits_has_words() -> None:
    modules = (alert_items, feedback_items, machine_items, publication_items, text_items)
    sources = "".join(Path(str(module.__file__)).read_text("utf-8") for module in modules)
    assert set(re.findall(r'(?:WorkItem\(|_of\(work,)\s*"([a-z-]+)"', sources)) == set(KIND_WORDS)
