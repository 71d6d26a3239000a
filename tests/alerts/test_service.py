"""Sending an alert: feeds of the channels it concerns, push, CAP; resumed after a crash; ended at its time."""

from __future__ import annotations

import datetime
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.alerts.display_counts import MAX_LANGUAGES
from server.alerts.drafts import (
    AlertDraft,
    AlertDrafts,
    AlertDraftState,
    needs_second_approval,
    with_approval,
    with_fields,
    with_schedule,
)
from server.alerts.service import AlertService
from server.push import fanout_records
from server.push.endpoint_policy import EndpointPolicy
from server.push.push_transport import PushTransport
from sync.alerts.push_payload import verify_payload
from sync.alerts.timestamps import format_timestamp
from sync.content.schemas import to_fields
from sync.errors import BadFolder, Conflict, Refused
from sync.store.contract import Collection
from sync.store.iteration import iterate_records
from tests.support.fake_push_service import HOST, FakePushService, running_push_service
from tests.support.large_site import CHANNELS, COUNTRIES, large_site
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE
from tests.support.small_site import Site, running_site
from tests.support.unsure_store import writes_not_durable

pytestmark = pytest.mark.anyio

DRAFT = replace(ALERT, sent="", expires="2026-11-26T18:00:00Z", geocode=("ML",))


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path) as running:
        use_contact(running, running.services.settings.push_contact)
        yield running


def use_contact(site: Site, contact: str) -> None:
    """Replace the alert service by one with this contact for push services."""
    services = site.services
    settings = replace(services.settings, push_contact=contact)
    services.push = PushTransport(settings, services.store, site.clock, EndpointPolicy((HOST,), allows_local=True))
    services.alerts = AlertService(services.push, services.store, services.archive, services.assets, site.clock)
    services.alerts.sign_with(site.keys)
    services.install(site.app.state)


def alert_service(site: Site) -> AlertService:
    return site.services.alerts


async def page(site: Site, path: str) -> str:
    await site.services.current_editions.load()
    return (await site.client.get(f"/fr-ML/{path}")).text


async def subscribed(site: Site, service: FakePushService, name: str = "a") -> None:
    body = service.subscription(service.phone(name))
    value = {
        "endpoint": body["endpoint"],
        "keys": {"p256dh": body["public"], "auth": body["auth"]},
        "channel": "fr-ML",
        "topics": ["alerts"],
        "severity": "Minor",
    }
    assert (await site.client.post("/push/subscriptions", json=value)).status_code == 204


async def test_an_alert_is_read_everywhere_and_pushed_signed(site: Site) -> None:
    async with running_push_service(FakePushService()) as service:
        await subscribed(site, service)
        alert = await alert_service(site).send(DRAFT, "awa")
        assert alert.sent == "2026-11-24T12:00:00Z"
        assert DRAFT.info["fr"].headline in await page(site, "")
        assert DRAFT.info["fr"].headline in await page(site, "alerts/crue-bani-1")
        atom = (await site.client.get("/cap/alerts.atom")).text
        assert "/cap/crue-bani-1.xml" in atom
        cap = await site.client.get("/cap/crue-bani-1.xml")
        assert cap.headers["content-type"].startswith("application/cap+xml")
        assert "<identifier>" in cap.text
        runner = alert_service(site).fanout
        assert runner
        [waiting] = await fanout_records.list_open_broadcasts(site.services.store)
        word = verify_payload(waiting.payloads["fr"], site.keys.signer.public_key)
        assert (word.id, word.sent, word.lang) == ("crue-bani-1", 1795521600, "fr")


async def told(site: Site, service: FakePushService, name: str, **choices: Any) -> list[str]:
    """The alerts that a phone hears of as it subscribes, or changes its choices."""
    phone = service.phones.get(name) or service.phone(name)
    heard = len(phone.got)
    body = service.subscription(phone)
    keys = {"p256dh": body["public"], "auth": body["auth"]}
    value = {"endpoint": body["endpoint"], "keys": keys, "channel": "fr-ML", "topics": ["alerts"], "severity": "Minor"}
    assert (await site.client.post("/push/subscriptions", json=value | choices)).status_code == 204
    return [verify_payload(payload, site.keys.signer.public_key).id for payload in phone.got[heard:]]


@pytest.mark.parametrize("is_sent", [False, True])
async def test_whoever_subscribes_while_an_alert_holds_is_told_of_it_once(site: Site, is_sent: bool) -> None:
    alerts = alert_service(site)
    site.clock.pass_time(seconds=time.time() - site.clock().timestamp())  # tokens of push services live by the true day
    draft = replace(DRAFT, expires=format_timestamp(site.clock() + datetime.timedelta(days=1)))
    async with running_push_service(FakePushService()) as service:
        await alerts.send(draft, "awa")
        if is_sent:
            [broadcast] = await fanout_records.list_open_broadcasts(site.services.store)
            await fanout_records.finish(site.services.store, broadcast)
        assert await told(site, service, "a") == ["crue-bani-1"]
        assert await told(site, service, "a") == []  # the same choices again
        assert await told(site, service, "b", severity="Extreme") == []  # asked for graver ones alone
        assert await told(site, service, "b", severity="Severe") == ["crue-bani-1"]
        assert await told(site, service, "c", channel="fr-BF") == []
        cancel = replace(CANCEL, sent="", expires=draft.expires, geocode=("ML",), references=(draft.slug,))
        await alerts.send(cancel, "awa")
        assert await told(site, service, "d") == []  # nothing holds any more
        assert service.faults == []


async def test_sending_twice_sends_once_and_another_of_the_same_name_is_refused(site: Site) -> None:
    first = await alert_service(site).send(DRAFT, "awa")
    site.clock.pass_time(minutes=5)
    assert await alert_service(site).send(DRAFT, "awa") == first
    with pytest.raises(Refused, match="alert-exists"):
        await alert_service(site).send(replace(DRAFT, severity="Minor"), "awa")
    with pytest.raises(BadFolder):
        await alert_service(site).send(replace(DRAFT, slug="autre", geocode=("XX",)), "awa")


async def test_what_a_crash_left_is_gone_on_with(site: Site) -> None:
    keys = alert_service(site)._keys
    assert keys
    alert_service(site)._keys = None  # a node that does not publish, or a crash right after the alert was written
    await alert_service(site).send(DRAFT, "awa")
    assert DRAFT.info["fr"].headline not in await page(site, "")
    alert_service(site)._keys = keys
    await alert_service(site).process_due()
    assert DRAFT.info["fr"].headline in await page(site, "")
    assert len(await fanout_records.list_open_broadcasts(site.services.store)) == 1


async def test_its_end_takes_it_off_the_pages(site: Site) -> None:
    await alert_service(site).send(DRAFT, "awa")
    site.clock.pass_time(days=2, hours=7)
    await alert_service(site).process_due()
    assert "crue-bani-1" not in await page(site, "")
    assert "Cette alerte est terminée." in await page(site, "alerts/crue-bani-1")


async def test_an_update_and_a_cancel_follow(site: Site) -> None:
    await alert_service(site).send(DRAFT, "awa")
    site.clock.pass_time(hours=1)
    await alert_service(site).send(replace(UPDATE, sent="", geocode=("ML",)), "awa")
    assert "crue-bani-2" in await page(site, "")
    site.clock.pass_time(hours=1)
    await alert_service(site).send(replace(CANCEL, sent="", geocode=("ML",)), "awa")
    assert "crue-bani" not in await page(site, "")
    assert "2026-11-24T12:00:00+00:00" in (await site.client.get("/cap/crue-bani-3.xml")).text


async def test_a_test_alert_changes_no_page(site: Site) -> None:
    heads = {
        channel: site.services.current_editions.get(channel).edition.id
        for channel in site.services.current_editions.channels
    }
    await alert_service(site).send(replace(DRAFT, status="Test"), "awa")
    await site.services.current_editions.load()
    assert heads == {
        channel: site.services.current_editions.get(channel).edition.id
        for channel in site.services.current_editions.channels
    }
    [waiting] = await fanout_records.list_open_broadcasts(site.services.store)
    assert waiting.audience.topic == "tests"


async def test_a_scheduled_alert_leaves_when_its_time_has_come(site: Site) -> None:
    plans = AlertDrafts(site.services.store)
    fields = {name: value for name, value in to_fields("alert", DRAFT).items() if name != "slug"}
    await plans.save(with_schedule(AlertDraft(DRAFT.slug, fields, "awa"), "2026-11-24T13:00:00Z"))
    await alert_service(site).process_due()
    assert (await alert_service(site).load_library()).alerts == {}
    site.clock.pass_time(hours=1)
    await alert_service(site).process_due()
    assert [alert.sent for alert in (await alert_service(site).load_library()).alerts.values()] == [
        "2026-11-24T13:00:00Z"
    ]
    assert await plans.all() == []


async def test_extreme_needs_a_second_person_to_begin_and_to_end(site: Site) -> None:
    extreme = replace(DRAFT, severity="Extreme")
    cancel = replace(CANCEL, severity="Minor", references=(extreme.slug,))
    assert needs_second_approval(extreme, {})
    assert needs_second_approval(cancel, {extreme.slug: extreme})
    assert not needs_second_approval(cancel, {extreme.slug: replace(extreme, severity="Severe")})
    assert not needs_second_approval(replace(extreme, status="Exercise"), {})
    drafts = AlertDrafts(site.services.store)
    draft = await drafts.save(AlertDraft(extreme.slug, to_fields("alert", extreme), "awa"))
    with pytest.raises(Refused, match="approval-own"):
        with_approval(draft, "awa")
    await drafts.save(with_schedule(with_approval(draft, "binta"), "2026-11-24T11:00:00Z"))
    await alert_service(site).process_due()
    assert "crue-bani-1" in (await alert_service(site).load_library()).alerts


async def test_what_cannot_leave_at_its_hour_stays_as_a_draft_and_is_journaled(site: Site) -> None:
    extreme = replace(DRAFT, severity="Extreme")
    drafts = AlertDrafts(site.services.store)
    await drafts.save(
        with_schedule(AlertDraft(extreme.slug, to_fields("alert", extreme), "awa"), "2026-11-24T11:00:00Z")
    )
    await alert_service(site).process_due()
    assert (await alert_service(site).load_library()).alerts == {}
    [left] = await drafts.all()
    assert (left.state, left.at, left.fields) == (AlertDraftState.DRAFT, "", to_fields("alert", extreme))
    entries = [str(record.body) async for record in iterate_records(site.services.store, Collection.JOURNAL, "audit:")]
    assert ["alert-not-sent" in entry and "approval-missing" in entry for entry in entries] == [True]


async def test_a_draft_that_somebody_changed_meanwhile_is_not_said_to_be_gone(site: Site) -> None:
    plans = AlertDrafts(site.services.store)
    draft = await plans.save(AlertDraft(DRAFT.slug, to_fields("alert", DRAFT), "awa"))
    now = await plans.save(with_schedule(draft, "2026-11-24T11:00:00Z"))
    with pytest.raises(Conflict, match="alert-draft-changed"):
        await plans.delete(draft)
    assert await plans.all() == [now]
    await plans.delete(now)
    await plans.delete(now)
    assert await plans.all() == []


def test_a_change_takes_the_approval_away_and_keeps_the_earlier_text() -> None:
    first = AlertDraft("x", {"severity": "Extreme"}, "awa", AlertDraftState.SCHEDULED, "2026-11-24T11:00:00Z")
    approved = with_approval(first, "binta")
    assert approved.is_approved
    changed = with_fields(approved, {"severity": "Severe"}, "binta")
    assert (changed.by, changed.state, changed.at, changed.is_approved) == ("binta", AlertDraftState.DRAFT, "", False)
    assert changed.versions == {first.fingerprint: {"severity": "Extreme"}}
    assert with_fields(approved, {"severity": "Extreme"}, "binta") == approved
    for number in range(50):
        changed = with_fields(changed, {"severity": str(number)}, "awa")
    assert len(changed.versions) == 20


async def test_the_key_is_given_and_bad_requests_are_refused(site: Site) -> None:
    key = (await site.client.get("/push/key")).json()["key"]
    assert site.services.push.vapid
    assert len(key) == 87
    for value in ("no", "[]", '{"endpoint": 5}', "{" * 5000):
        assert (await site.client.post("/push/subscriptions", content=value)).status_code == 400
    choices = {"channel": "fr-ML", "topics": ["alerts"], "severity": "Minor"}
    keys = {"p256dh": key, "auth": "A" * 22}
    answer = await site.client.post(
        "/push/subscriptions", json={"endpoint": "https://169.254.169.254/x", "keys": keys, **choices}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "push-service-unknown")
    assert (await site.client.post("/push/test", json={"endpoint": "https://unknown"})).status_code == 404


@pytest.mark.parametrize("contact", ["", "alertes@exemple.ml"])
async def test_without_a_contact_no_push_leaves_and_all_else_of_an_alert_works(site: Site, contact: str) -> None:
    use_contact(site, contact)
    assert alert_service(site).push_problem
    assert alert_service(site).fanout is None
    assert (await site.client.get("/push/key")).json()["code"] == "push-not-here"
    await alert_service(site).send(DRAFT, "awa")
    await alert_service(site).process_due()
    assert DRAFT.info["fr"].headline in await page(site, "")
    assert (await site.client.get("/cap/crue-bani-1.xml")).status_code == 200
    assert len(await fanout_records.list_open_broadcasts(site.services.store)) == 1
    use_contact(site, "mailto:alertes@exemple.ml")
    assert alert_service(site).push_problem is None
    assert alert_service(site).fanout


async def test_where_another_node_sends_no_contact_is_missed(site: Site) -> None:
    use_contact(site, "")
    site.services.push._makes_key = False
    assert alert_service(site).push_problem is None


async def test_a_phone_tests_itself_and_unsubscribes(site: Site) -> None:
    site.clock.now = site.clock.now.fromtimestamp(time.time(), site.clock.now.tzinfo)
    async with running_push_service(FakePushService()) as service:
        await subscribed(site, service)
        endpoint = f"{service.origin}/push/a"
        answer = await site.client.post("/push/test", json={"endpoint": endpoint, "lang": "fr"})
        assert answer.json()["fate"] == "delivered", service.faults
        word = verify_payload(service.phones["a"].got[0], site.keys.signer.public_key)
        assert (word.status, word.headline) == ("Test", "Essai d’alerte")
        assert (
            await site.client.request("DELETE", "/push/subscriptions", json={"endpoint": endpoint})
        ).status_code == 204
        assert (await site.client.post("/push/test", json={"endpoint": endpoint})).status_code == 404
        await subscribed(site, service, "gone-1")
        assert (
            await site.client.post("/push/test", json={"endpoint": f"{service.origin}/push/gone-1"})
        ).status_code == 410
        assert await site.services.store.scan(Collection.PUSH, "sub:", "sub;") == []


async def test_a_subscription_is_said_to_have_ended_only_once_it_is_sure(site: Site) -> None:
    async with running_push_service(FakePushService()) as service:
        await subscribed(site, service)
        ended = {"endpoint": f"{service.origin}/push/a"}
        with writes_not_durable("sub:"):
            assert (await site.client.request("DELETE", "/push/subscriptions", json=ended)).status_code == 503
        assert (await site.client.request("DELETE", "/push/subscriptions", json=ended)).status_code == 204
        assert await site.services.store.scan(Collection.PUSH, "sub:", "sub;") == []


async def test_what_was_shown_is_counted_by_language_without_a_name(site: Site) -> None:
    await alert_service(site).send(DRAFT, "awa")
    for lang in ("fr", "fr", "bm"):
        assert (await site.client.post("/push/shown", json={"alert": DRAFT.slug, "lang": lang})).status_code == 204
    assert (await site.client.post("/push/shown", json={"alert": "never-sent", "lang": "fr"})).status_code == 204
    assert (await site.client.post("/push/shown", json={"alert": "../x", "lang": "fr"})).status_code == 400
    await alert_service(site).display_counts.flush()
    assert await alert_service(site).display_counts.sum_by_language(DRAFT.slug) == {"fr": 2, "bm": 1}
    assert await alert_service(site).display_counts.sum_by_language("never-sent") == {}


async def test_invented_languages_do_not_fill_the_counts(site: Site) -> None:
    await alert_service(site).send(DRAFT, "awa")
    counts = alert_service(site).display_counts
    counts.add({"alert": DRAFT.slug, "lang": "fr"})
    await counts.flush()
    for first, second in itertools.product("abcdefghij", repeat=2):
        counts.add({"alert": DRAFT.slug, "lang": f"x{first}{second}"})
    counts.add({"alert": DRAFT.slug, "lang": "fr"})
    await counts.flush()
    sums = await counts.sum_by_language(DRAFT.slug)
    assert (len(sums), sums["fr"]) == (MAX_LANGUAGES, 2)


async def test_forty_channels_of_three_hundred_pages_have_it_for_a_second_of_the_processor(tmp_path: Path) -> None:
    async with large_site(tmp_path) as site:
        shelf = site.services.current_editions
        before = {channel: shelf.get(channel).edition.id for channel in CHANNELS}
        began = time.process_time()
        await alert_service(site).send(replace(DRAFT, geocode=COUNTRIES), "awa")
        await shelf.load()
        spent = time.process_time() - began
        for channel in CHANNELS:
            answer = await site.client.get(f"/feed/{channel}?have={before[channel]}")
            assert "alerts/crue-bani-1" in answer.text, channel
            assert "guides/guide-1" not in answer.text
            assert len(answer.content) < 10_000
    assert spent < 1.0


async def test_what_was_written_while_the_alert_left_waits_as_an_update(site: Site) -> None:
    drafts = AlertDrafts(site.services.store)
    draft = await drafts.save(AlertDraft(DRAFT.slug, to_fields("alert", DRAFT), "awa"))
    await alert_service(site).send(draft.to_alert(), "awa")
    later = {**draft.fields, "urgency": "Immediate"}
    await drafts.save(with_fields(draft, later, "binta"))
    await drafts.finish(draft)
    [left] = await drafts.all()
    assert (left.fields["urgency"], left.fields["msgType"], left.by) == ("Immediate", "Update", "binta")
    assert left.to_alert().references == (DRAFT.slug,)
    await drafts.finish(left)
    assert await drafts.all() == []
