"""The contract that every store backend fulfils. The test suite in `tests/store` runs it against all of them.

A store has six **collections**. Each contains **records** (an id, an opaque revision and a JSON object) and **blobs**
(bytes under their digest).

Every backend promises:

1. *Durable before acknowledged.* `Saved` is returned only once the write survives `kill -9` and power loss on this
   node (on a cluster: on a quorum of nodes).
2. *No lost updates.* A write names the revision it replaces; None means that the id must not exist or must be
   deleted. If that is not the current revision, the outcome is `Stale` with the current record, and nothing changes.
   `Stale` is never an exception: losing a race is an expected outcome. A deletion always names a revision.
3. *Writes are independent.* Each write of a call is evaluated on its own, in the order given; a stale write does not
   block the others. Outcomes are returned in the same order. Writes of concurrent calls may share a commit.
4. *`NotDurable` is honest.* It means: the write is not durable now and may or may not appear; repeat the call with the
   same arguments. A repeated write whose body equals the current record's body is `Saved` with the current revision,
   so a retry after a lost response is no conflict. Consequently two writers of an identical body both get `Saved`:
   a body that represents a counter, lock or lease must name its writer.
5. *Read your writes.* Reads see every write that was acknowledged to this process.
6. *Ordered scans.* `scan` returns records in ascending code-point order of their ids, from `start` inclusive to `end`
   exclusive: `limit` records, fewer only at the end of the range. Ids are ASCII `[A-Za-z0-9:._/-]+`, at most 240
   characters, and never start with `_`.
7. *Complete changes.* `changes` returns every id written after the cursor at least once, deletions included; the
   latest state of each id suffices. A cluster may report a change a moment after its write was acknowledged, but never
   omits it. A cursor is opaque text and valid for this node only. `wait_for_changes` returns as soon as there may be a
   change after the cursor, or after `timeout` seconds.
8. *Erasure.* `erase` removes every trace of the ids from this node's files, except blobs; afterwards the ids can be
   written anew.
9. *Limits.* Bodies are JSON objects of at most 8 MB whose top-level keys do not start with `_` and whose integers are
   within 2^53 - 1. Blobs have at most 32 MB. Anything else raises `Refused` before any write.
10. *Errors.* A backend that does not respond raises `Unavailable`; exceptions of lower layers are always translated.
11. *No silent conflict resolution.* When replication or a cluster left several versions of a record, `get` returns one
    of them, the same on every node; `conflicts` lists them all, and all remain until `resolve_conflict`. A backend that
    cannot have conflicts returns none.
12. *Missing is not new.* Only `prepare` creates files and databases; without them every other call raises
    `Unavailable`. `establish_identity` gives each collection an identity, which `identities` reads; it is neither
    copied nor replicated. A store whose file was removed or replaced while it is open refuses writes from then on.
13. *Health.* `check_health` reports missing or faulty files, databases and settings; `prepare` repairs the issues
    marked as repairable. Neither modifies records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from sync.errors import KunnafoniError

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
    """One write. `body` None: a deletion. `rev`: the revision it replaces, None for a new id."""

    id: str
    body: Body | None
    rev: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The write is durable; `rev` is the record's revision."""

    id: str
    rev: str


@dataclass(frozen=True, slots=True)
class Stale:
    """Another revision is current, and nothing changed. `current` None: there is no such record."""

    id: str
    current: Record | None


@dataclass(frozen=True, slots=True)
class NotDurable:
    """The write is not durable yet; repeat it with the same arguments."""

    id: str


Outcome: TypeAlias = Saved | Stale | NotDurable


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids changed after a cursor. `more`: further changes may follow `cursor`, read them at once."""

    ids: tuple[str, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class ConflictedRecord:
    """A record with several concurrent versions; the first is the one that `get` returns."""

    id: str
    versions: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class HealthIssue:
    """A fault of a store. `sentence`: a msgid, filled with `values`. `is_repairable`: `prepare` repairs it."""

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
        """Create missing files or databases and repair their permissions. Idempotent."""

    async def get(self, collection: Collection, id: str) -> Record | None: ...

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Record]:
        """The existing records among any number of `ids`, by id."""

    async def existing_ids(self, collection: Collection, ids: Sequence[str]) -> set[str]:
        """Return those of any number of `ids` that have a record, without reading it."""

    async def scan(self, collection: Collection, start: str, end: str, limit: int = 1000) -> list[Record]: ...

    async def write(self, collection: Collection, writes: Sequence[Write]) -> list[Outcome]: ...

    async def changes(self, collection: Collection, cursor: str | None = None, limit: int = 1000) -> Changes:
        """Ids changed after `cursor`; None: from the beginning."""

    async def wait_for_changes(self, collection: Collection, cursor: str, timeout: float) -> None:
        """Wait for a change after the cursor, at most `timeout` seconds. May return early: call `changes`."""

    async def put_blob(self, collection: Collection, blob: Blob) -> None:
        """Store bytes under their digest. Idempotent. Raises Refused if the digest does not match."""

    async def get_blob(self, collection: Collection, digest: str) -> Blob | None: ...

    async def delete_blob(self, collection: Collection, digest: str) -> None:
        """Delete the blob if it exists; it can be stored again."""

    async def blob_digests(self, collection: Collection, after: str = "", limit: int = 1000) -> list[str]:
        """Digests of stored blobs greater than `after`, in ascending order."""

    async def erase(self, collection: Collection, ids: Sequence[str]) -> None: ...

    async def settle_erasures(self) -> None:
        """Finish, step by step, erasures of which a machine of the store has still to hear. Raises Unavailable."""

    async def conflicts(self, collection: Collection) -> list[ConflictedRecord]:
        """All records with several versions, in the order of their ids."""

    async def resolve_conflict(self, collection: Collection, id: str, body: Body, revs: Sequence[str]) -> Outcome:
        """Replace the versions named by `revs` with `body`; Stale, and no change, unless they are all the versions."""

    async def check_health(self) -> list[HealthIssue]: ...

    async def identities(self) -> dict[Collection, str]:
        """The identity of each existing collection, "" where it carries none; missing collections are left out.

        Raises Unavailable if the open file is no longer the one at its path.
        """

    async def establish_identity(self, identity: str, replace: bool = False) -> str:
        """Give every collection this identity, unless the store has one already; return the one in force.

        `replace`: even then. Interrupted, it leaves a store without identity. Returns "" if this account may not write
        one. Requires `prepare`.
        """

    @property
    def write_failure(self) -> KunnafoniError | None:
        """The error of the last write; None after a durable one."""

    async def probe_writes(self) -> None:
        """Make a durable write that changes no record, where the last one failed. Raises Unavailable."""

    async def close(self) -> None: ...
