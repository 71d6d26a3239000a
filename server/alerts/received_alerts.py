"""CAP messages received from other organisations: what each says in short, and why one was refused.

Records `received-alert:ID` in the collection `content`; the message itself is a blob there, kept whole. Nothing here is
a fact of this site: a message becomes an alert only through a draft.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from anyio import to_thread

from server.supervision.unreadable_records import UnreadableRecords
from sync.alerts.cap_message import CapMessage, Reference
from sync.alerts.cap_reader import MAX_MESSAGE_BYTES, read_cap
from sync.alerts.cap_signature import UNSIGNED, CapSignature, SignatureStatus, check_signature, read_certificate
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.canonical import canonical, digest
from sync.errors import BadContent, BadFolder, KunnafoniError, NotFound, Refused
from sync.store.checked_writes import delete_records, ensure_saved
from sync.store.contract import Blob, Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

MESSAGE_TYPE = "application/cap+xml"
MAX_RECEIVED = 300  # messages of one feed; beyond it the oldest go, unless an alert or a draft relays them
MAX_RECENT = 8  # read messages in memory: others ask for alerts in force again and again
MAX_REASONS = 10
_PREFIX = "received-alert:"


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """Why a message was refused. `sentence`: a msgid. `line`: of the message, 0 for the whole."""

    code: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ReceivedAlert:
    """A message in short. `feed`: the watched feed that brought it, "" for a person. `message`: digest of the blob.

    A refused one has `reasons`, and nothing else that can be relied on.
    """

    id: str
    feed: str
    address: str
    received: str
    message: str = ""
    identifier: str = ""
    sender: str = ""
    name: str = ""
    sent: str = ""
    expires: str = ""
    msg_type: str = ""
    status: str = ""
    severity: str = ""
    title: str = ""
    places: tuple[str, ...] = ()
    is_elsewhere: bool = False
    references: tuple[Reference, ...] = ()
    signature: CapSignature = UNSIGNED
    reasons: tuple[RefusalReason, ...] = ()

    @property
    def reference(self) -> Reference:
        return self.sender, self.identifier

    @property
    def body(self) -> dict[str, Any]:
        signature = self.signature
        return {
            "kind": "received-alert",
            "feed": self.feed,
            "address": self.address,
            "received": self.received,
            "message": self.message,
            "identifier": self.identifier,
            "sender": self.sender,
            "name": self.name,
            "sent": self.sent,
            "expires": self.expires,
            "msgType": self.msg_type,
            "status": self.status,
            "severity": self.severity,
            "title": self.title,
            "places": list(self.places),
            "elsewhere": self.is_elsewhere,
            "references": [list(reference) for reference in self.references],
            "signature": [signature.status.value, signature.certificate, signature.fingerprint, signature.expires],
            "reasons": [[reason.code, reason.sentence, dict(reason.values), reason.line] for reason in self.reasons],
        }


class ReceivedAlerts:
    """The store of received messages."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unreadable = UnreadableRecords()
        self._recent: dict[str, CapMessage] = {}

    async def all(self) -> list[ReceivedAlert]:
        """All messages, the newest first; those that cannot be read are set aside."""
        received = []
        async for record in iterate_records(self._store, Collection.CONTENT, _PREFIX):
            try:
                received.append(_from_record(record))
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)
        return sorted(received, key=lambda one: (one.received, one.sent, one.id), reverse=True)

    async def get(self, id: str) -> ReceivedAlert:
        record = await self._store.get(Collection.CONTENT, f"{_PREFIX}{id}")
        if record is None:
            raise NotFound("received-unknown", "Ce message n’est plus ici.", "Revenez à la liste.")
        return _from_record(record)

    async def read_message(self, received: ReceivedAlert) -> CapMessage:
        message = await self.find_message(received.message)
        if message is None:
            raise NotFound("received-unknown", "Ce message n’est plus ici.", "Revenez à la liste.")
        return message

    async def find_message(self, message: str) -> CapMessage | None:
        """A message by the digest of its bytes; None if it is not here. The last ones read are kept in memory."""
        if message not in self._recent:
            raw = await self.load_message(message)
            if raw is None:
                return None
            self._recent[message] = await to_thread.run_sync(read_cap, raw, message)
            while len(self._recent) > MAX_RECENT:
                del self._recent[next(iter(self._recent))]
        return self._recent[message]

    async def load_message(self, message: str) -> bytes | None:
        """The bytes of a message by their digest; None if they are not here."""
        blob = await self._store.get_blob(Collection.CONTENT, message)
        return blob.data if blob else None

    async def save(self, received: ReceivedAlert, raw: bytes = b"") -> bool:
        """Store a message, with its bytes unless it was refused; False if it is here already."""
        if raw:
            await self._store.put_blob(Collection.CONTENT, Blob(received.message, MESSAGE_TYPE, raw))
        [outcome] = await self._store.write(Collection.CONTENT, [Write(f"{_PREFIX}{received.id}", received.body)])
        if isinstance(outcome, Stale):
            return False
        ensure_saved(outcome)
        return True

    async def prune(self, feed: str, relayed: frozenset[str]) -> None:
        """Drop the oldest messages of a feed beyond MAX_RECEIVED. `relayed`: digests of messages to keep."""
        every = await self.all()
        of_feed = [one for one in every if one.feed == feed and one.message not in relayed]
        dropped = of_feed[MAX_RECEIVED:]
        records = await self._store.get_many(Collection.CONTENT, [f"{_PREFIX}{one.id}" for one in dropped])
        await delete_records(self._store, Collection.CONTENT, records.values())
        kept = {one.message for one in every} - {one.message for one in dropped}
        for message in {one.message for one in dropped} - kept - relayed - {""}:
            await self._store.delete_blob(Collection.CONTENT, message)


def receive_message(
    raw: bytes, address: str, feed: str, certificate: str, now: datetime.datetime
) -> tuple[ReceivedAlert, CapMessage | None]:
    """Read a message. `certificate`: of the feed, in PEM, or "". A refused one is None, with its reasons."""
    received = ReceivedAlert("", feed, address, format_timestamp(now))
    try:
        message = read_cap(raw, address)
    except Refused as error:
        return refuse_document(received, digest(raw), error), None
    known = [read_certificate(certificate)] if certificate else []
    severities = dict.fromkeys(info.severity for info in message.info)
    read = replace(
        received,
        id=_message_id(message, feed, digest(raw)),
        message=digest(raw),
        identifier=message.identifier,
        sender=message.sender,
        name=message.sender_name[:200],
        sent=message.sent,
        expires=message.expires,
        msg_type=message.msg_type,
        status=message.status,
        severity=next(iter(severities)) if len(severities) == 1 else "",
        title=next((info.headline or info.event for info in message.info), "")[:300],
        references=message.references[:50],
        signature=check_signature(raw, known, now, MAX_MESSAGE_BYTES),
    )
    return read, message


def _message_id(message: CapMessage, feed: str, content: str) -> str:
    """A feed may sign or indent a message anew, which changes its bytes alone; what a person brings is another one."""
    source = feed or content
    return digest(canonical([source, message.sender, message.identifier, message.sent]))[:22]


def refuse_document(received: ReceivedAlert, key: str, error: KunnafoniError) -> ReceivedAlert:
    """A refused message, or one that could not be fetched. `key`: by which it is known again."""
    errors = error.errors if isinstance(error, BadFolder) else (error,)
    reasons = tuple(
        RefusalReason(one.code, one.sentence, dict(one.values), one.line if isinstance(one, BadContent) else 0)
        for one in errors[:MAX_REASONS]
    )
    return replace(received, id=digest(canonical([received.feed, received.address, key]))[:22], reasons=reasons)


def _from_record(record: Record) -> ReceivedAlert:
    body = record.body
    for name in ("received", "sent", "expires"):
        if body[name]:
            parse_timestamp(body[name])
    status, certificate, fingerprint, expires = body["signature"]
    return ReceivedAlert(
        id=record.id.partition(":")[2],
        feed=str(body["feed"]),
        address=str(body["address"]),
        received=str(body["received"]),
        message=str(body["message"]),
        identifier=str(body["identifier"]),
        sender=str(body["sender"]),
        name=str(body["name"]),
        sent=str(body["sent"]),
        expires=str(body["expires"]),
        msg_type=str(body["msgType"]),
        status=str(body["status"]),
        severity=str(body["severity"]),
        title=str(body["title"]),
        places=tuple(map(str, body["places"])),
        is_elsewhere=bool(body["elsewhere"]),
        references=tuple((str(sender), str(identifier)) for sender, identifier in body["references"]),
        signature=CapSignature(SignatureStatus(status), str(certificate), str(fingerprint), str(expires)),
        reasons=tuple(
            RefusalReason(str(code), str(sentence), dict(values), int(line))
            for code, sentence, values, line in body["reasons"]
        ),
    )
