"""Message encryption by RFC 8291: one record, fresh key and salt; decrypted here independently.

And keys that are none: they break one delivery, never its neighbours.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import subprocess
import sys
from typing import Any

import pytest
import pywebpush
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from server.keys.vapid import VapidKey
from server.push.delivery import Delivery, DeliveryStatus, Message
from server.push.endpoint_policy import EndpointPolicy
from server.push.message_encryption import OVERHEAD, encode
from server.push.sender import PushSender
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES
from sync.editions.signing import Signer
from tests.support import repository
from tests.support.fake_push_service import HOST, FakePhone, FakePushService, running_push_service
from tests.support.fanout_process import CONTACT

CURVE = ec.SECP256R1()
PHONE = FakePhone("a")
SUBSCRIPTION = FakePushService(port=1).subscription(PHONE)
GARBAGE: st.SearchStrategy[Any] = st.one_of(
    st.text(),
    st.text("ABab019-_=+/", max_size=100),
    st.none(),
    st.integers(),
    st.binary(max_size=70),
    st.lists(st.integers()),
    st.just("B" + "A" * 86),
)


def opened(body: bytes, phone: FakePhone) -> bytes:
    """Decrypt one record as a phone does (RFC 8291). Raises InvalidTag."""
    salt, size, named, own = body[:16], int.from_bytes(body[16:20], "big"), body[20], body[21:86]
    assert (size, named) == (4096, 65)
    shared = phone.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, own))
    mine = phone.key.public_key().public_numbers()
    public = b"\x04" + mine.x.to_bytes(32, "big") + mine.y.to_bytes(32, "big")
    secret = derived(phone.auth, shared, b"WebPush: info\0" + public + own, 32)
    key = derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    record = AESGCM(key).decrypt(derived(salt, secret, b"Content-Encoding: nonce\0", 12), body[86:], None)
    assert record.endswith(b"\x02"), "the last record, and no padding"
    return record[:-1]


def derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """One block of HKDF (RFC 5869)."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")[:length]


@given(st.binary(min_size=1, max_size=MAX_PAYLOAD_BYTES))
def test_a_phone_opens_what_was_encoded_for_it(payload: bytes) -> None:
    body = encode(payload, SUBSCRIPTION)
    assert opened(body, PHONE) == payload
    assert len(body) == len(payload) + OVERHEAD <= 4096


def test_the_longest_payload_fits_what_services_take() -> None:
    body = encode(b"x" * MAX_PAYLOAD_BYTES, SUBSCRIPTION)
    assert len(body) == MAX_PAYLOAD_BYTES + OVERHEAD == 4096
    assert opened(body, PHONE) == b"x" * MAX_PAYLOAD_BYTES


def test_every_message_has_its_own_key_and_salt() -> None:
    bodies = [encode(b"x", SUBSCRIPTION) for _ in range(20)]
    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 20


async def sent(bodies: list[dict[str, Any]], payload: bytes = b"L") -> list[Delivery]:
    sender = PushSender(
        EndpointPolicy((HOST,), allows_local=True), VapidKey(Signer.generate(), CONTACT), lambda: 2_000_000_000.0
    )
    message = Message(payload, "Severe", "crue", 2_000_003_600)
    try:
        return await sender.send([(f"sub:{number}", body, message) for number, body in enumerate(bodies)])
    finally:
        sender.close()


async def sent_with_neighbours(broken: dict[str, Any]) -> list[tuple[DeliveryStatus | None, str]]:
    """Send to a subscription with these fields between two valid ones, which must succeed; return all statuses and
    reasons.
    """
    async with running_push_service(FakePushService()) as service:
        well = [service.subscription(service.phone(name)) for name in ("before", "after")]
        service.answer = lambda *_: (201, {})  # type: ignore[method-assign]
        results = [
            (delivery.status, delivery.reason) for delivery in await sent([well[0], {**well[0], **broken}, well[1]])
        ]
    assert results[0] == results[2] == (DeliveryStatus.DELIVERED, "201")
    return results


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({"public": GARBAGE, "auth": GARBAGE}))
def test_garbage_for_keys_breaks_one_delivery_and_no_other(keys: dict[str, Any]) -> None:
    assert asyncio.run(sent_with_neighbours(keys))[1] in (
        (DeliveryStatus.REFUSED, "key"),
        (DeliveryStatus.DELIVERED, "201"),
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"public": ""},
        {"public": "BA"},
        {"public": "B" + "A" * 86},
        {"public": None},
        {"public": 5},
        {"auth": ""},
        {"auth": None},
        {"auth": "A"},
    ],
)
def test_keys_that_are_none_are_refused(keys: dict[str, Any]) -> None:
    assert asyncio.run(sent_with_neighbours(keys))[1] == (DeliveryStatus.REFUSED, "key")


@pytest.mark.parametrize("endpoint", [None, 5, "", f"http://{HOST}", f"http://{HOST}:"])
def test_an_endpoint_that_has_no_token_breaks_one_delivery_and_no_other(endpoint: Any) -> None:
    [_, (fate, _), _] = asyncio.run(sent_with_neighbours({"endpoint": endpoint}))
    assert fate in (DeliveryStatus.REFUSED, DeliveryStatus.RETRY, DeliveryStatus.GONE)


def test_an_origin_with_an_empty_port_is_dropped_before_a_token_is_made() -> None:
    body = {**SUBSCRIPTION, "endpoint": f"http://{HOST}:/push/a"}
    [delivery] = asyncio.run(sent([body]))
    assert (delivery.status, delivery.reason) == (DeliveryStatus.GONE, "endpoint")


@pytest.mark.parametrize("error", [pywebpush.WebPushException("x"), pywebpush.NoData(), TypeError(), RecursionError()])
def test_whatever_pywebpush_raises_is_the_subscriptions_fault(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pywebpush.WebPusher, "encode", fail)
    [delivery] = asyncio.run(sent([SUBSCRIPTION]))
    assert (delivery.status, delivery.reason) == (DeliveryStatus.REFUSED, "key")


def test_a_payload_that_needs_two_records_is_not_even_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded_payloads: list[bytes] = []
    real = pywebpush.WebPusher.encode

    def encoded(pusher: Any, data: bytes) -> Any:
        encoded_payloads.append(data)
        return real(pusher, data)

    monkeypatch.setattr(pywebpush.WebPusher, "encode", encoded)
    [delivery] = asyncio.run(sent([SUBSCRIPTION], b"x" * (MAX_PAYLOAD_BYTES + 1)))
    assert (delivery.status, delivery.reason, encoded_payloads) == (DeliveryStatus.REFUSED, "size", [])


def test_the_content_length_is_that_of_the_body() -> None:
    async def exchanged() -> FakePushService:
        async with running_push_service(FakePushService()) as service:
            service.phone("a")
            [delivery] = await sent([service.subscription(service.phones["a"])], b"x" * MAX_PAYLOAD_BYTES)
            assert (delivery.status, service.faults) == (
                DeliveryStatus.REFUSED,
                ["the VAPID expiry is not within 24 hours"],
            )
        return service

    asyncio.run(exchanged())


def test_a_start_brings_no_http_client() -> None:
    script = "import sys, server.app; print(*sys.modules.keys() & {'pywebpush', 'py_vapid', 'requests', 'aiohttp'})"
    environ = os.environ | {"PYTHONPATH": str(repository.ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=repository.ROOT, env=environ, capture_output=True, text=True
    )
    assert (result.stdout.strip(), result.returncode) == ("", 0), result.stderr
