"""Push subscriptions: records `sub:DIGEST(endpoint)` in the collection `push`, without personal data.

The first letter of the digest is the shard, one of 64, so that several servers can share a fan-out.
"""

from __future__ import annotations

import re
import string
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from server.push.endpoint_policy import EndpointPolicy
from sync.alerts.alert import SEVERITIES
from sync.alerts.audience import Audience
from sync.canonical import base64url_decode, digest
from sync.editions.edition_statement import CHANNEL
from sync.errors import BadRequest, Conflict, NotFound
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

SHARD_LETTERS = "".join(sorted(string.ascii_letters + string.digits + "-_"))
MAX_BODY_BYTES = 4096  # bytes of a request body
MAX_TOPICS = 40
MAX_REGIONS = 4  # for a family in several places; a long list would tell one phone from all others
_TOPIC = re.compile(r"[a-z0-9-]{1,60}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9-]{1,16}")
MAX_REFUSALS = 3  # messages that a push service refuses for good, one after the other, before a subscription is dropped
_PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Subscription:
    """A phone's subscription and its choices.

    `regions`: of the channel's country; none: the whole country. `severity`: the lowest one that is sent. `since`: day
    of the last visit, YYYY-MM-DD.
    """

    endpoint: str
    public: str
    auth: str
    channel: str
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    severity: str
    since: str

    @property
    def id(self) -> str:
        return subscription_id(self.endpoint)

    @property
    def body(self) -> dict[str, Any]:
        # `region` alone is what servers of 0.1.0 read: of several they send what concerns the whole country.
        several = {"regions": list(self.regions)} if len(self.regions) > 1 else {}
        return {
            "endpoint": self.endpoint,
            "public": self.public,
            "auth": self.auth,
            "channel": self.channel,
            "topics": list(self.topics),
            "region": self.regions[0] if len(self.regions) == 1 else "",
            **several,
            "severity": self.severity,
            "since": self.since,
        }


def subscription_id(endpoint: str) -> str:
    return f"sub:{digest(endpoint)}"


def note_refusal(record: Record) -> Write:
    """Count a message to this phone that its push service refused for good; after MAX_REFUSALS drop the subscription.

    Invented endpoints go this way: a real one is accepted sooner or later, or said to be gone.
    """
    refused = int(record.body.get("refused", 0)) + 1
    return Write(record.id, None if refused >= MAX_REFUSALS else {**record.body, "refused": refused}, record.rev)


def forget_refusals(record: Record) -> Write:
    """Forget the count of `note_refusal` after a delivery."""
    return Write(record.id, {key: value for key, value in record.body.items() if key != "refused"}, record.rev)


def shard_range(prefix: str, shard: str) -> tuple[str, str]:
    """Start (inclusive) and end (exclusive) of a shard's ids."""
    return f"{prefix}{shard}", f"{prefix}{chr(ord(shard) + 1)}"


def parse_subscription(value: Any, policy: EndpointPolicy, today: str) -> Subscription:
    """The subscription in a request body. Raises BadRequest if malformed, Refused for an unknown push service."""
    if not isinstance(value, dict) or not isinstance(value.get("keys"), dict):
        raise _malformed()
    keys = value["keys"]
    topics = value.get("topics")
    regions = value.get("regions") or [region for region in [value.get("region", "")] if region != ""]
    texts = [
        value.get("endpoint"),
        keys.get("p256dh"),
        keys.get("auth"),
        value.get("channel"),
        value.get("severity"),
    ]
    if not all(isinstance(text, str) for text in texts) or not isinstance(topics, list) or len(topics) > MAX_TOPICS:
        raise _malformed()
    if not isinstance(regions, list) or len(regions) > MAX_REGIONS:
        raise _malformed()
    endpoint, public, auth, channel, severity = (str(text) for text in texts)
    is_valid = (
        is_public_key(public)
        and is_secret(auth)
        and CHANNEL.fullmatch(channel)
        and severity in SEVERITIES
        and all(
            isinstance(region, str) and _REGION.fullmatch(region) and region[:2] == channel[-2:] for region in regions
        )
        and topics
        and all(isinstance(topic, str) and _TOPIC.fullmatch(topic) for topic in topics)
    )
    if not is_valid:
        raise _malformed()
    policy.parse_endpoint(endpoint)
    return Subscription(
        endpoint,
        public.rstrip("="),
        auth.rstrip("="),
        channel,
        tuple(sorted(set(topics))),
        tuple(sorted(set(regions))),
        severity,
        today,
    )


class Subscriptions:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def save(
        self, subscription: Subscription, before_write: Callable[[], None] = lambda: None
    ) -> Mapping[str, Any] | None:
        """Create or replace a subscription; return the body before. Idempotent: a repetition of the day writes nothing.

        `before_write` may raise to refuse the write. Raises Conflict after three concurrent changes.
        """
        for attempt in range(3):
            current = await self._store.get(Collection.PUSH, subscription.id)
            if current and current.body == subscription.body:
                return current.body
            if attempt == 0:
                before_write()
            [outcome] = await self._store.write(
                Collection.PUSH, [Write(subscription.id, subscription.body, current.rev if current else None)]
            )
            if not isinstance(outcome, Stale):
                ensure_saved(outcome)
                return current.body if current else None
        raise Conflict("subscription-busy", "Cet abonnement vient d’être changé.", "Réessayez.")

    async def get(self, endpoint: str) -> Record:
        record = await self._store.get(Collection.PUSH, subscription_id(endpoint))
        if record is None:
            raise NotFound("subscription-unknown", "Ce téléphone n’est pas abonné.", "Rechargez la page.")
        return record

    async def delete(self, endpoint: str) -> None:
        """Delete a subscription; knowing its endpoint is the authorization. Idempotent.

        Returns only once the deletion is durable, so no alert is sent afterwards. Raises Unavailable otherwise.
        """
        record = await self._store.get(Collection.PUSH, subscription_id(endpoint))
        if record:
            await delete_records(self._store, Collection.PUSH, [record])

    def all(self) -> AsyncIterator[Record]:
        return iterate_records(self._store, Collection.PUSH, "sub:", page_size=_PAGE_SIZE)

    async def count_by_language(self, audience: Audience) -> dict[str, int]:
        """Number of phones in an audience, by language."""
        counts: dict[str, int] = {}
        async for record in self.all():
            if audience.includes(record.body):
                lang = record.body["channel"].partition("-")[0]
                counts[lang] = counts.get(lang, 0) + 1
        return counts


def is_public_key(public: str) -> bool:
    """True for a browser's public key of Web Push: a point of P-256 in base64url."""
    try:
        point = base64url_decode(public.rstrip("="))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == 65


def is_secret(auth: str) -> bool:
    """True for a browser's secret of Web Push: 16 bytes in base64url."""
    try:
        return len(base64url_decode(auth.rstrip("="))) == 16
    except ValueError:
        return False


def _malformed() -> BadRequest:
    return BadRequest("subscription-malformed", "Cet abonnement ne peut pas être lu.", "Mettez l’application à jour.")
