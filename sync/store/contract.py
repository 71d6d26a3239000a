"""The store's contract in words. One suite (`tests/store`) runs it over every backend.
Nothing else names a backend but the composition root.

A store has six **rooms** (databases). Each holds **records**: an id, an opaque revision, a JSON object. And **blobs**: bytes by digest.

Every backend promises:

1. *Durable before acknowledged.* `Saved` is returned only when the write survives `kill -9` and power loss on this node
   (on a cluster: on a quorum).
2. *No lost update.* A write names the revision it replaces (None: the id must not exist, or be deleted). If that is not the current one
   the outcome is `Stale` with the current record, and nothing changes. It is never an exception: losing a race is an expected outcome.
   A deletion always names a revision.
3. *Each write is judged alone*, in the order given; one stale write does not hold back its neighbours. Outcomes come in the same order.
   Writes of calls that arrive together may be committed together.
4. *Later is honest.* `NotDurable` means: not durable now, may or may not appear, ask again with the same arguments.
   A repeated write whose body is equal to the current record's body is `Saved` with the current revision
   (so that a retry after a lost answer is no conflict). So two writers of one and the same body are both told `Saved`:
   a body that counts, locks or leases names its writer.
5. *Reads see writes* that this process was told are saved.
6. *Scan* gives ids in ascending code-point order, from `start` inclusive to `end` exclusive: `limit` records, fewer only when there are
   no more.
   Ids are ASCII `[A-Za-z0-9:._/-]+`, at most 240 characters, never starting with `_`.
7. *Changes* gives every id written after the cursor at least once (the latest state of each suffices), deletions included.
   A cluster may show a change a moment after its write was acknowledged, never not at all.
   A cursor is opaque text, valid for this node only.
   `wait` returns as soon as there may be something after the cursor, or after `timeout` seconds.
8. *Erase* removes every trace of the ids from this node's files, blobs excepted; afterwards the id can be written anew.
9. Bodies: JSON objects whose top-level keys do not start with `_`, integers within 2^53 - 1; at most 8 MB. Blobs: at most 32 MB.
   What does not fit is `Refused` before anything is written.
10. A backend that does not answer raises `Unavailable`; no exception of a lower layer passes.
11. *Nothing is chosen silently.* Where replication or a cluster left several versions of a record, `get` shows one of them, the same on
    every node, `splits` names them all, and all stay until `settle`. A backend that cannot have them finds none.
12. `examine` says what of the place is missing or wrong; `prepare` mends what is marked so. Neither touches records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

Body: TypeAlias = Mapping[str, Any]


class Collection(StrEnum):
    CONTENT = "content"
    EDITIONS = "editions"
    FEEDBACK = "feedback"
    PEOPLE = "people"
    PUSH = "push"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Record:
    id: str
    rev: str
    body: Body


@dataclass(frozen=True, slots=True)
class Write:
    """One write: `body` None deletes; `rev` is the revision replaced, None for a new id."""

    id: str
    body: Body | None
    rev: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    id: str
    rev: str


@dataclass(frozen=True, slots=True)
class Stale:
    id: str
    current: Record | None


@dataclass(frozen=True, slots=True)
class NotDurable:
    id: str


Outcome: TypeAlias = Saved | Stale | NotDurable


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids changed since a cursor; `more`: ask again at once with `cursor`, there may be further ones."""

    ids: tuple[str, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class ConflictedRecord:
    """A record of which several versions live side by side. The first is the one that `get` shows."""

    id: str
    versions: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class HealthIssue:
    """Something missing or wrong. `sentence` is a msgid, `values` fill it. `mended`: `prepare` puts it right."""

    code: str
    sentence: str
    is_repairable: bool
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blob:
    digest: str
    type: str
    data: bytes


class Store(Protocol):
    async def prepare(self) -> None:
        """Make what is missing (files, databases). Idempotent."""

    async def get(self, collection: Collection, id: str) -> Record | None: ...

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Record]:
        """The records that exist among `ids` (any number)."""

    async def scan(self, collection: Collection, start: str, end: str, limit: int = 1000) -> list[Record]: ...

    async def write(self, collection: Collection, writes: Sequence[Write]) -> list[Outcome]: ...

    async def changes(self, collection: Collection, cursor: str | None = None, limit: int = 1000) -> Changes:
        """`cursor` None: from the beginning."""

    async def wait_for_changes(self, collection: Collection, cursor: str, timeout: float) -> None:
        """Until something changed after the cursor, or `timeout` seconds. It may end early: ask `changes`."""

    async def put_blob(self, collection: Collection, blob: Blob) -> None:
        """Keep bytes under their digest; idempotent. Raises Refused when the digest is not theirs."""

    async def get_blob(self, collection: Collection, digest: str) -> Blob | None: ...

    async def delete_blob(self, collection: Collection, digest: str) -> None:
        """Forget the bytes; nothing where there are none. They can be put again."""

    async def blob_digests(self, collection: Collection, after: str = "", limit: int = 1000) -> list[str]:
        """Digests of the blobs kept, in ascending order, those above `after`."""

    async def erase(self, collection: Collection, ids: Sequence[str]) -> None: ...

    async def conflicts(self, collection: Collection) -> list[ConflictedRecord]:
        """Every record with several versions, in the order of ids."""

    async def resolve_conflict(self, collection: Collection, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        """`body` takes the place of the versions named by `revs`: Stale, and nothing changes, unless they are all there are."""

    async def check_health(self) -> list[HealthIssue]: ...

    async def close(self) -> None: ...
