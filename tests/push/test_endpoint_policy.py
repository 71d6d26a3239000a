"""Endpoint policy: known push services only, never a private address."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.keys.vapid import VapidKey
from server.push.delivery import DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy, InvalidEndpoint, PushService, is_public_address
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


def test_all_endpoints_of_a_host_and_port_are_one_service() -> None:
    policy = EndpointPolicy(("push.example",), allows_local=True)
    services = [
        policy.parse_endpoint(f"https://push.example{rest}").service for rest in ("/a", ":443/b?x", "", ":8443/")
    ]
    assert [service.origin for service in services] == ["https://push.example"] * 3 + ["https://push.example:8443"]
    assert len(set(services)) == 2


@pytest.mark.parametrize(
    "origin",
    [
        "https://fcm.googleapis.com?x",
        "https://fcm.googleapis.com?1/x",
        "https://fcm.googleapis.com#x",
        "https://fcm.googleapis.com:",
        "https://fcm.googleapis.com:0443",
        "https://fcm.googleapis.com:444",
        "https://fcm.googleapis.com:0",
        "https://@fcm.googleapis.com",
        "https://user:word@fcm.googleapis.com",
        "https://FCM.googleapis.com",
        "https://fcm.googleapis.com.",
        "https://x..push.apple.com",
        "https://.push.apple.com",
        "https://-x.push.apple.com",
        "https://x-.push.apple.com",
        "https://x_y.push.apple.com",
        f"https://{'a' * 64}.push.apple.com",
        f"https://{'a.' * 130}push.apple.com",
        "https://web.push.apple.com\\",
        "https:///web.push.apple.com",
        "HTTPS://web.push.apple.com",
    ],
)
def test_an_endpoint_that_no_service_gives_out_is_invalid_whatever_is_allowed(origin: str) -> None:
    for path in ("", "/x"):
        with pytest.raises(InvalidEndpoint, match="push-service-unknown"):
            GUARD.parse_endpoint(origin + path)


LABELS = st.text("ab-._:?#@/\\0é \r\nA", max_size=6)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["https://", "http://", "https:/", "HTTPS://", "//", ""]),
    st.sampled_from(["", "x.", "user@", "a" * 63 + ".", "a" * 64 + ".", "."]) | LABELS,
    st.sampled_from(["push.apple.com", "fcm.googleapis.com", "push.apple.com.", "exemple.ml"]),
    st.sampled_from(["", ":443", ":0443", ":80", ":", ":99999"]) | LABELS,
    st.sampled_from(["", "/", "/x?y=%00", "/\r\nhost: y", "?x", "#x"]) | st.text(max_size=5),
)
def test_an_accepted_endpoint_leads_to_an_allowed_host_and_nowhere_else(
    scheme: str, prefix: str, host: str, port: str, target: str
) -> None:
    address = scheme + prefix + host + port + target
    try:
        service, path = GUARD.parse_endpoint(address)
    except Refused:  # and no other error
        return
    assert (service.origin, service.port) == (f"https://{service.host}", 443)
    assert (urlsplit(address).hostname, urlsplit(address).username) == (service.host, None)
    assert service.host.encode("idna").decode() == service.host  # what the resolver does with a name
    assert service.host == "fcm.googleapis.com" or service.host.endswith(".push.apple.com")
    assert address in (service.origin + path, f"{service.origin}:443{path}", service.origin, f"{service.origin}:443")
    assert re.fullmatch(r"/[!-~]*", path)


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
        ("2002:8efa:0101::1", True),
        ("::ffff:142.250.1.1", True),
        ("64:ff9b::8efa:101", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("64:ff9b:1::8efa:101", False),
        ("::127.0.0.1", False),
        ("::142.250.1.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
        ("fec0::1", False),
        ("ff0e::1", False),
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


async def test_a_stored_endpoint_that_is_invalid_counts_as_gone_and_one_of_another_service_stays() -> None:
    service = FakePushService()
    body = service.subscription(service.phone("a"))
    sender = PushSender(GUARD, VapidKey(Signer.generate(), "mailto:a@b.ml"), lambda: 0.0)
    message = Message(b"x", "Severe", "r", 60)
    endpoints = ("https://fcm.googleapis.com?1/x", "https://x..push.apple.com/x", "https://exemple.ml/x")
    deliveries = await sender.send([(f"sub:{url}", {**body, "endpoint": url}, message) for url in endpoints])
    assert [(delivery.status, delivery.reason) for delivery in deliveries] == [
        (DeliveryStatus.GONE, "endpoint"),
        (DeliveryStatus.GONE, "endpoint"),
        (DeliveryStatus.REFUSED, "service"),
    ]


async def test_a_service_that_accepts_no_connection_holds_a_test_alert_for_its_own_time_only() -> None:
    class Silent(EndpointPolicy):
        async def resolve(self, service: PushService) -> list[str]:
            await asyncio.sleep(3600)
            return []

    service = FakePushService()
    body = {**service.subscription(service.phone("a")), "endpoint": "https://push.example/a"}
    sender = PushSender(Silent(("push.example",)), VapidKey(Signer.generate(), "mailto:a@b.ml"), lambda: 0.0)
    async with asyncio.timeout(5):
        [delivery] = await sender.send([("sub:a", body, Message(b"x", "Severe", "r", 60))], max_queue_time=0.1)
    sender.close()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.RETRY, "queued")
