"""Endpoint policy: known push services only, never a private address."""

from __future__ import annotations

import pytest

from server.keys.vapid import VapidKey
from server.push.delivery import DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy, is_public_address
from server.push.sender import PushSender
from server.settings import Settings
from sync.editions.signing import Signer
from sync.errors import Refused
from tests.support.fake_push_service import FakePushService

pytestmark = pytest.mark.anyio

GUARD = EndpointPolicy.from_setting(Settings().push_services)


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
    phone = FakePushService().phone("a")
    body = {**FakePushService().subscription(phone), "endpoint": "https://localhost/push/a"}
    sender = PushSender(guard, VapidKey(Signer.generate(), "mailto:a@b.ml"), lambda: 0.0)
    [delivery] = await sender.send([("sub:a", body, Message(b"x", "Severe", "r", 60))])
    assert (delivery.status, delivery.reason) == (DeliveryStatus.REFUSED, "push-private")
