"""Requests of a hub to headquarters' CouchDB for what changed in a database: each waits until something has.

While nothing happens, one byte in HEARTBEAT keeps the connection open; CouchDB's own replications spend kilobytes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from anyio import to_thread

from server.hubs import replication_status
from server.hubs.headquarters_access import HeadquartersAccess
from sync.json_text import parse_json

if TYPE_CHECKING:
    import aiohttp

HEARTBEAT = 50.0  # seconds: proxies close a connection that says nothing for a minute
READ_TIMEOUT = 2.5 * HEARTBEAT
CONNECT_TIMEOUT = 10.0  # seconds
MAX_ROWS = 200  # of one answer
MAX_ANSWER_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 65_536


class LinkFailure(Exception):
    """Headquarters gave no changes. `reason`: a msgid. `is_denied`: an account that asks on is locked by CouchDB."""

    def __init__(self, reason: str, is_denied: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_denied = is_denied


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record as headquarters has it; `body` None: deleted there."""

    id: str
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Records that changed after a cursor, each once, and the cursor after them."""

    records: tuple[ChangedRecord, ...]
    cursor: str


class ChangesClient(Protocol):
    async def wait(
        self, database: str, id_pattern: str, cursor: str, on_answer: Callable[[], Awaitable[None]]
    ) -> ChangePage:
        """The changes after `cursor` ("": from the beginning) of records whose ids match, once there are any.

        `on_answer`: called when headquarters has taken the request, before anything has changed. Raises LinkFailure.
        """


OpenChanges = Callable[[HeadquartersAccess], AbstractAsyncContextManager[ChangesClient]]


@asynccontextmanager
async def open_changes(access: HeadquartersAccess) -> AsyncIterator[ChangesClient]:
    """A client whose requests share their connections."""
    import aiohttp  # late: it costs a quarter of a second, and only hubs need it

    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={
            "accept-encoding": "identity",
            "authorization": aiohttp.encode_basic_auth(access.account, access.password),
            "content-type": "application/json",
            "user-agent": "Kunnafoni",
        },
    ) as session:
        yield HttpChangesClient(access.url, session)


@dataclass(frozen=True, slots=True)
class HttpChangesClient:
    """`url`: of headquarters' CouchDB."""

    url: str
    session: aiohttp.ClientSession

    async def wait(
        self, database: str, id_pattern: str, cursor: str, on_answer: Callable[[], Awaitable[None]]
    ) -> ChangePage:
        import aiohttp

        query = (
            f"feed=longpoll&filter=_selector&include_docs=true&heartbeat={HEARTBEAT * 1000:.0f}"
            f"&limit={MAX_ROWS}&seq_interval={MAX_ROWS}&since={quote(cursor or '0', safe='')}"
        )
        body = json.dumps({"selector": {"_id": {"$regex": id_pattern}}}, separators=(",", ":")).encode()
        try:
            async with self.session.post(
                f"{self.url}/{database}/_changes?{query}", data=body, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise LinkFailure(
                        replication_status.explain_error({"error": _ERRORS.get(answer.status, "")}),
                        answer.status in (401, 403),
                    )
                await on_answer()
                data = bytearray()
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    data += chunk
                    if len(data) > MAX_ANSWER_BYTES:
                        raise LinkFailure(replication_status.UNKNOWN_ERROR)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise LinkFailure(replication_status.SILENT) from error
        return await to_thread.run_sync(read_page, bytes(data))


_ERRORS = {401: "unauthorized", 403: "forbidden", 404: "not_found"}


def read_page(data: bytes) -> ChangePage:
    """The page of an answer. Raises LinkFailure for one that was cut or is of another shape."""
    try:
        value = parse_json(data)
        records = {row["id"]: ChangedRecord(row["id"], _body_of(row)) for row in value["results"]}
        cursor = value["last_seq"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LinkFailure(replication_status.SILENT) from error
    if not isinstance(cursor, str) or not all(isinstance(id, str) for id in records):
        raise LinkFailure(replication_status.UNKNOWN_ERROR)
    return ChangePage(tuple(records.values()), cursor)


def _body_of(row: dict[str, Any]) -> dict[str, Any] | None:
    if row.get("deleted"):
        return None
    return {key: value for key, value in row["doc"].items() if not key.startswith("_")}
