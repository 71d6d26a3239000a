"""Requests to publish: a process without the signing key stores one, the publishing node processes it.

Records `request:{timestamp}:{random}` of the collection `editions`, which every process follows; hubs do not receive
them. The publisher writes the outcome into the same record, for the requester to poll, and deletes it after a week. The
publication log records the requester and the reason.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from server.publishing.publication_log import PublicationNote
from server.publishing.publisher import Publisher
from server.publishing.stored_error import error_from_fields, error_to_fields
from server.supervision.unreadable_records import UnreadableRecords
from server.web.app_state import Clock, HasApp
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError, NotFound, Unavailable
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

RETENTION = datetime.timedelta(days=7)
PREFIX = "request:"


class PublishRequestState(StrEnum):
    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A request and its outcome.

    `channels`: empty for all. `editions`: the current edition of each channel after publishing, new or unchanged.
    `error`: of a refusal.
    """

    id: str
    who: str
    when: str
    channels: tuple[str, ...]
    state: PublishRequestState
    editions: Mapping[str, str] = field(default_factory=dict)
    error: KunnafoniError | None = None
    why: str = ""


class PublishRequests:
    """Any process creates and reads requests; the one with the signing key calls `process_pending`."""

    def __init__(self, store: Store, publisher: Publisher, clock: Clock) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock
        self._unreadable = UnreadableRecords()

    async def create_request(self, actor: str, channels: Sequence[str] = (), reason: str = "") -> PublishRequest:
        """Store a request; returns once it is durable. Raises Unavailable otherwise."""
        when = self._clock().isoformat(timespec="microseconds").replace("+00:00", "Z")
        body = {
            "who": actor,
            "when": when,
            "channels": list(channels),
            "why": reason,
            "state": PublishRequestState.WAITING.value,
        }
        id = f"request:{when}:{secrets.token_hex(4)}"
        [outcome] = await self._store.write(Collection.EDITIONS, [Write(id, body)])
        return _request_from_record(Record(id, ensure_saved(outcome).rev, body))

    async def get_request(self, id: str) -> PublishRequest:
        """The current state of a request. Raises NotFound."""
        record = await self._store.get(Collection.EDITIONS, id)
        if record is None:
            raise NotFound("request-unknown", "Cette demande de publication n’est plus là.", "Rechargez la page.")
        return _request_from_record(record)

    async def list_recent(self, count: int = 20) -> list[PublishRequest]:
        """At most `count` requests, newest first."""
        return [request async for _, request in self._iterate()][::-1][:count]

    async def process_pending(self, keys: SigningKeys) -> int:
        """Publish for waiting requests, oldest first, and store the outcomes; returns the number processed."""
        processed = 0
        async for record, request in self._iterate():
            if request.state is PublishRequestState.WAITING:
                processed += 1
                outcome = await self._publish(keys, request)
                await self._store.write(Collection.EDITIONS, [Write(record.id, {**record.body, **outcome}, record.rev)])
            elif datetime.datetime.fromisoformat(request.when.replace("Z", "+00:00")) < self._clock() - RETENTION:
                await self._store.write(Collection.EDITIONS, [Write(record.id, None, record.rev)])
        return processed

    async def _iterate(self) -> AsyncIterator[tuple[Record, PublishRequest]]:
        """Requests with their records, oldest first. Those that cannot be read are set aside."""
        async for record in iterate_records(self._store, Collection.EDITIONS, PREFIX):
            try:
                request = _request_from_record(record)
                datetime.datetime.fromisoformat(request.when.replace("Z", "+00:00"))
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)
            else:
                yield record, request

    async def _publish(self, keys: SigningKeys, request: PublishRequest) -> dict[str, Any]:
        try:
            note = PublicationNote(request.who, request.why) if request.why else None
            publications = await self._publisher.publish(keys, request.channels, note=note)
        except Unavailable:
            raise  # the request stays waiting
        except KunnafoniError as error:
            return {
                "state": PublishRequestState.REFUSED.value,
                "error": error_to_fields(error),
            }
        return {
            "state": PublishRequestState.PUBLISHED.value,
            "editions": {
                publication.plan.channel: publication.edition.id for publication in publications if publication.edition
            },
        }


def publish_requests_of(request: HasApp) -> PublishRequests:
    requests: PublishRequests = request.app.state.publish_requests
    return requests


def _request_from_record(record: Record) -> PublishRequest:
    body = record.body
    return PublishRequest(
        record.id,
        body["who"],
        body["when"],
        tuple(body["channels"]),
        PublishRequestState(body["state"]),
        body.get("editions", {}),
        error_from_fields(body.get("error")),
        body.get("why", ""),
    )
