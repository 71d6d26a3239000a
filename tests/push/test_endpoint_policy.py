"""Where messages may go, how services know us, and what a subscription may hold."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import py_vapid
import pytest

from server.keys.vapid import VapidKey, VapidTokenError, open_vapid, resolve_contact
from server.push.delivery import DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy, is_public_address
from server.push.retry import backoff_delay, parse_retry_after
from server.push.sender import PushSender
from server.push.subscriptions import Subscriptions, parse_subscription
from server.settings import Settings
from sync.alerts.alert import Alert
from sync.alerts.audience import Audience
from sync.canonical import base64url_decode
from sync.editions.signing import Signer
from sync.errors import BadRequest, Refused
from sync.store.sqlite.store import SqliteStore
from tests.support.fake_push_service import PushService
from tests.support.fanout_process import opened
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, holding

pytestmark = pytest.mark.anyio

GUARD = EndpointPolicy.from_setting(Settings().push_services)
LOCAL = EndpointPolicy(("127.0.0.1",), allows_local=True)


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/Q",
        "https://db5p.notify.windows.com/w/?token=x%2b",
        "https://fcm.googleapis.com:443/wp/x",
    ],
)
def test_known_push_services_are_taken(address: str) -> None:
    assert GUARD.parse_endpoint(address).service.port == 443


@pytest.mark.parametrize(
    "origin",
    [
        "https://fcm.googleapis.com?x",
        "https://fcm.googleapis.com#x",
        "https://fcm.googleapis.com:",
        "https://@fcm.googleapis.com",
        "https://user:word@fcm.googleapis.com",
        "https://fcm.googleapis.com/",
    ],
)
def test_an_origin_is_scheme_host_and_port_alone(origin: str) -> None:
    with pytest.raises(Refused, match="push-service-unknown"):
        GUARD.parse_service(origin)
    if not origin.endswith("/"):
        for path in ("", "/x"):
            with pytest.raises(Refused, match="push-service-unknown"):
                GUARD.parse_endpoint(origin + path)


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://exemple.ml/x",
        "https://fcm.googleapis.com.exemple.ml/x",
        "https://notify.windows.com.evil/x",
        "https://user@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/",
        "https://fcm.googleapis.com/x\r\nhost: y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/#x",
        "file:///etc/passwd",
        "",
        "https://fcm.googleapis.com:99999/",
        "https://fcm.googleapis.com/" + "x" * 1000,
        "https://evilfcm.googleapis.com/x",
        "https://éxemple/x",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="push-service-unknown"):
        GUARD.parse_endpoint(address)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.1.1", True),
        ("2a00:1450::1", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("172.16.3.4", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_private_addresses_are_told_apart(address: str, public: bool) -> None:
    assert is_public_address(address) is public


async def test_a_name_that_leads_into_a_private_network_is_refused_and_nothing_is_sent() -> None:
    guard = EndpointPolicy(("localhost",))
    with pytest.raises(Refused, match="push-private"):
        await guard.resolve(guard.parse_endpoint("https://localhost/x").service)
    phone = PushService().phone("a")
    body = {**PushService().subscription(phone), "endpoint": "https://localhost/push/a"}
    sender = PushSender(guard, VapidKey(Signer.generate(), "mailto:a@b.ml"), lambda: 0.0)
    [delivery] = await sender.send([("sub:a", body, Message(b"x", "Severe", "r", 60))])
    assert (delivery.status, delivery.reason) == (DeliveryStatus.REFUSED, "push-private")


def test_one_token_a_service_renewed_in_time() -> None:
    vapid = VapidKey(Signer.generate(), "mailto:a@b.ml")
    first = vapid.authorization_header("https://a.example", 1_000_000)
    assert vapid.authorization_header("https://a.example", 1_000_000 + 10 * 3600) == first
    assert vapid.authorization_header("https://a.example", 1_000_000 + 11 * 3600 + 1) != first
    assert vapid.authorization_header("https://b.example", 1_000_000) != first
    assert py_vapid.Vapid02.verify(first)
    claims = json.loads(base64url_decode(first.split(".")[1]))
    assert claims == {"aud": "https://a.example", "exp": 1_000_000 + 12 * 3600, "sub": "mailto:a@b.ml"}


def test_a_token_is_signed_without_py_vapids_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(py_vapid, "time", None)
    token = VapidKey(Signer.generate(), "mailto:a@b.ml").authorization_header("https://a.example:8443", 0)
    assert json.loads(base64url_decode(token.split(".")[1]))["exp"] == 12 * 3600


@pytest.mark.parametrize("audience", ["", "a.example", "https://a.example/x", "https://a.example:", "https://[::1]"])
def test_no_token_for_what_is_no_origin(audience: str) -> None:
    with pytest.raises(VapidTokenError):
        VapidKey(Signer.generate(), "mailto:a@b.ml").authorization_header(audience, 1_000_000)


@pytest.mark.parametrize(
    ("given", "url", "contact"),
    [
        ("mailto:alertes@exemple.ml", "", "mailto:alertes@exemple.ml"),
        ("https://exemple.ml", "https://autre.ml", "https://exemple.ml"),
        ("", "https://exemple.ml", "https://exemple.ml"),
        ("", "https://exemple.ml:8443/alertes/", "https://exemple.ml"),
    ],
)
def test_the_contact_is_the_setting_or_the_sites_https_address(given: str, url: str, contact: str) -> None:
    assert resolve_contact(given, url) == contact
    assert VapidKey(Signer.generate(), contact).authorization_header("https://a.example", 1_000_000)


@pytest.mark.parametrize(
    ("given", "url", "code"),
    [
        ("", "", "push-contact-missing"),
        ("", "http://exemple.ml", "push-contact-missing"),
        ("", "https://[", "push-contact-missing"),
        ("alertes@exemple.ml", "https://exemple.ml", "push-contact-wrong"),
        ("tel:+22320202020", "", "push-contact-wrong"),
        ("mailto:personne", "", "push-contact-wrong"),
        ("http://exemple.ml", "", "push-contact-wrong"),
        ("https://exemple.ml/contact", "", "push-contact-wrong"),
        ("", "https://[::1]", "push-contact-wrong"),
    ],
)
def test_a_contact_that_py_vapid_would_refuse_is_named(given: str, url: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        resolve_contact(given, url)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    assert open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=False) is None
    made = open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)
    again = open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)
    assert made is not None
    assert again is not None
    assert made.public_key == again.public_key
    file = tmp_path / "keys" / "vapid.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(Refused, match="key-readable-by-others"):
        open_vapid(tmp_path / "keys", "mailto:a@b.ml", create=True)


def test_how_long_to_wait() -> None:
    assert parse_retry_after("120", 0) == 120
    assert parse_retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 10) == 50
    assert parse_retry_after("999999999999", 0) == 3600
    assert parse_retry_after("", 0) is parse_retry_after("soon", 0) is None
    assert [backoff_delay(tries, 0.5) for tries in (1, 2, 3, 20)] == [2, 4, 8, 300]


def sent_by_phone(**changes: Any) -> dict[str, Any]:
    service = PushService(port=1)
    phone = service.phone("a")
    body = service.subscription(phone)
    return {
        "endpoint": body["endpoint"],
        "keys": {"p256dh": body["public"], "auth": body["auth"]},
        "channel": "fr-ML",
        "topics": ["alerts"],
        "region": "ML-4",
        "severity": "Severe",
        **changes,
    }


def test_a_subscription_holds_what_is_needed_and_nothing_more() -> None:
    read = parse_subscription({**sent_by_phone(), "name": "Awa", "phone": "+223"}, LOCAL, "2026-11-24")
    assert set(read.body) == {"endpoint", "public", "auth", "channel", "topics", "region", "severity", "since"}


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": []},
        {"keys": {}},
        {"channel": "fr"},
        {"topics": []},
        {"topics": ["É"]},
        {"topics": "alerts"},
        {"topics": ["a"] * 99},
        {"region": "BF-1"},
        {"region": "Ségou"},
        {"severity": "High"},
        {"endpoint": 5},
        {"region": None},
    ],
)
def test_a_malformed_subscription_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="subscription-malformed"):
        parse_subscription(sent_by_phone(**changes), LOCAL, "2026-11-24")
    with pytest.raises(BadRequest):
        parse_subscription([], LOCAL, "2026-11-24")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path) as made:
        yield made


async def test_choices_are_changed_and_the_subscription_ended(store: SqliteStore) -> None:
    subscriptions = Subscriptions(store)
    value = sent_by_phone()
    await asyncio.gather(*(subscriptions.save(parse_subscription(value, LOCAL, "2026-11-24")) for _ in range(3)))
    await subscriptions.save(parse_subscription({**value, "severity": "Minor"}, LOCAL, "2026-11-24"))
    assert (await subscriptions.get(value["endpoint"])).body["severity"] == "Minor"
    assert await subscriptions.count_by_language(audience(ALERT)) == {"fr": 1}
    await subscriptions.delete(value["endpoint"])
    await subscriptions.delete(value["endpoint"])
    assert await subscriptions.count_by_language(audience(ALERT)) == {}


def audience(alert: Alert) -> Audience:
    return Audience.for_alert(alert, holding(ALERT, UPDATE, CANCEL).alerts)


def test_whoever_was_told_the_beginning_is_told_the_end() -> None:
    careful = {"channel": "fr-ML", "topics": ["alerts"], "region": "ML-4", "severity": "Extreme"}
    assert not audience(ALERT).includes(careful)
    assert audience(UPDATE).includes(careful)
    assert audience(CANCEL).includes(careful)
    assert Audience.from_body(audience(CANCEL).body) == audience(CANCEL)
