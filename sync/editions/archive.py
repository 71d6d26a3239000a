"""The archive of editions in the collection `editions`: pages by digest, statements, manifests as deltas, heads.

Records: `page:DIGEST`, `notice:DIGEST` (the document behind a page), `edition:ID`, `log:CHANNEL:NUMBER` (for listing
and pruning), `key:EPOCH` (the first edition of each epoch), `head:CHANNEL` and `fresh:CHANNEL`. All but the last two
are immutable, so any node may cache them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.editions.delta import diff_manifests, rebuild
from sync.editions.edition_statement import parse_statement
from sync.editions.feed import Edition
from sync.editions.manifest import Manifest, ManifestEntry
from sync.editions.page import digests_apart
from sync.editions.trust import RotationLink
from sync.errors import Conflict
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

CHAIN_LIMIT = 16  # deltas at most between a stored manifest and a complete one
PAGE_BATCH_SIZE = 200  # pages of one write: at most 3 MB
MANIFEST_CACHE_SIZE = 128  # the heads of many channels, so that an alert rebuilds none of them


@dataclass(frozen=True, slots=True)
class Freshness:
    """The publisher's signed confirmation that an edition was the head on a day.

    `rev`: revision of the record it was read from, or of the one it replaces.
    """

    edition: str
    date: str
    signature: str
    rev: str | None = field(default=None, compare=False)


class Archive:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._manifests: dict[str, Manifest] = {}  # by edition id, least recently used first

    async def head(self, channel: str) -> Edition | None:
        record = await self._get_record(f"head:{channel}")
        return await self.edition(record.body["edition"]) if record else None

    async def is_head(self, edition: Edition) -> bool:
        record = await self._get_record(f"head:{edition.statement.channel}")
        return record is not None and record.body["edition"] == edition.id

    async def edition(self, id: str) -> Edition | None:
        """The edition with its manifest; None if it is unknown, pruned, or not completely replicated yet."""
        record = await self._get_record(f"edition:{id}")
        if record is None:
            return None
        manifest = await self._load_manifest(id, record)
        statement = parse_statement(record.body["statement"])
        chain = [await self._rotation_link(epoch) for epoch in range(2, statement.epoch + 1)]
        links = tuple(link for link in chain if link)  # shorter while a rotation is not replicated yet
        if manifest is None or len(links) < len(chain):
            return None
        return Edition(statement, record.body["signature"], record.body["key"], manifest, links)

    async def bodies(self, digests: Iterable[str]) -> dict[str, str]:
        """The stored page bodies among `digests`, by digest."""
        records = await self._store.get_many(Collection.EDITIONS, [f"page:{digest}" for digest in digests])
        return {id.removeprefix("page:"): record.body["body"] for id, record in records.items()}

    async def missing(self, digests: Iterable[str]) -> set[str]:
        """The digests among these whose page is not stored."""
        names = set(digests)
        stored = await self._store.existing_ids(Collection.EDITIONS, [f"page:{name}" for name in names])
        return {name for name in names if f"page:{name}" not in stored}

    async def store_edition(self, edition: Edition, bodies: Mapping[str, str], base: Edition | None) -> None:
        """Store pages and edition, without making it the head. Idempotent. Raises Unavailable if not durable."""
        stored = await self.bodies(bodies)
        missing = [digest for digest in bodies if digest not in stored]
        for start in range(0, len(missing), PAGE_BATCH_SIZE):
            await self._write_new(
                [
                    Write(f"page:{digest}", {"body": bodies[digest]})
                    for digest in missing[start : start + PAGE_BATCH_SIZE]
                ]
            )
        statement = edition.statement
        await self._write_new(
            [
                Write(f"edition:{edition.id}", await self._edition_body(edition, base)),
                Write(f"log:{statement.channel}:{statement.number:016d}", {"edition": edition.id}),
            ]
        )
        self._cache_manifest(edition.id, edition.manifest)
        if await self._rotation_link(statement.epoch) is None:
            link = {"key": edition.key, "statement": statement.bytes.decode(), "signature": edition.signature}
            await self._store.write(Collection.EDITIONS, [Write(f"key:{statement.epoch}", link)])

    async def store_chain(self, chain: Sequence[RotationLink]) -> None:
        """Store the verified key rotations of an edition that another machine published. Raises Unavailable."""
        for key, statement, signature in chain:
            id = f"key:{parse_statement(statement).epoch}"
            await self._write_new([Write(id, {"key": key, "statement": statement, "signature": signature})])

    async def announce(self, edition: Edition, previous: Edition | None) -> None:
        """Make the edition its channel's head. Raises Conflict if the head is no longer `previous`."""
        id = f"head:{edition.statement.channel}"
        record = await self._get_record(id)
        if (record.body["edition"] if record else None) != (previous.id if previous else None):
            raise self._published_meanwhile()
        body = {"edition": edition.id, "epoch": edition.statement.epoch, "number": edition.statement.number}
        [outcome] = await self._store.write(Collection.EDITIONS, [Write(id, body, record.rev if record else None)])
        ensure_saved(outcome, self._published_meanwhile())

    async def freshness(self, channel: str) -> Freshness | None:
        """The latest freshness; one that cannot be read confirms nothing, and the next confirmation replaces it."""
        record = await self._get_record(f"fresh:{channel}")
        if record is None:
            return None
        values = [record.body.get(name) for name in ("edition", "date", "signature")]
        edition, date, signature = values if all(isinstance(value, str) for value in values) else ("", "", "")
        return Freshness(str(edition), str(date), str(signature), record.rev)

    async def replace_freshness(self, channel: str, freshness: Freshness) -> bool:
        """Replace the freshness with revision `freshness.rev`; False if another process was first."""
        body = {"edition": freshness.edition, "date": freshness.date, "signature": freshness.signature}
        [outcome] = await self._store.write(Collection.EDITIONS, [Write(f"fresh:{channel}", body, freshness.rev)])
        if isinstance(outcome, Stale):
            return False
        ensure_saved(outcome)
        return True

    async def current_key(self) -> tuple[int, str, str] | None:
        """The newest epoch, its public key, and the digest of the next one; None before the first publication."""
        links = await self.rotation_links()
        return (len(links), links[-1][0], parse_statement(links[-1][1]).next_key_digest) if links else None

    async def rotation_links(self) -> list[RotationLink]:
        """The first edition of each epoch that is here, from the first epoch on."""
        links: list[RotationLink] = []
        while link := await self._rotation_link(len(links) + 1):
            links.append(link)
        return links

    async def history(self, channel: str) -> list[tuple[int, str]]:
        """(number, edition id) of every stored edition, oldest first."""
        log = iterate_records(self._store, Collection.EDITIONS, f"log:{channel}:")
        return [
            (int(number), str(record.body["edition"]))
            async for record in log
            if (number := record.id.rpartition(":")[2]).isascii() and number.isdecimal() and "edition" in record.body
        ]

    async def channels(self) -> list[str]:
        """All channels of which the store has an edition."""
        log = iterate_records(self._store, Collection.EDITIONS, "log:")
        return sorted({record.id.split(":")[1] async for record in log})

    async def prune(self, channels: Sequence[str], before: int) -> int:
        """Delete editions numbered below `before`, and pages that no remaining edition needs.

        An edition whose manifest is the base of a remaining one is kept. No page is deleted as long as a remaining
        edition has not wholly arrived. Returns the number of deleted records. Requires all channels of the store.
        """
        pages = await self._page_ids()  # first: a page that is written meanwhile is none of them
        is_complete = True
        obsolete: list[str] = []
        needed: set[str] = set()
        forms: set[str] = set()
        for channel in channels:
            history = await self.history(channel)
            old_indexes = [index for index, (number, _) in enumerate(history) if number < before]
            complete_indexes = [index for index in old_indexes if await self._is_whole(history[index][1])]
            start = min(complete_indexes[-1], len(history) - 1) if complete_indexes else 0
            obsolete += [f"log:{channel}:{number:016d}" for number, _ in history[:start]]
            obsolete += [f"edition:{id}" for _, id in history[:start]]
            for _, id in history[start:]:
                edition = await self.edition(id)
                entries = edition.manifest.entries if edition else ()
                needed |= {entry.digest for entry in entries}
                forms |= {entry.digest for entry in entries if entry.path.startswith("forms/")}
                is_complete = is_complete and edition is not None
        form_pages = await self.bodies(forms)
        needed |= {name for body in form_pages.values() for name in digests_apart(body)}
        is_complete = is_complete and form_pages.keys() == forms  # the parts of one that is not here yet are unknown
        obsolete += [id for id in pages if is_complete and id.partition(":")[2] not in needed]
        records = await self._store.get_many(Collection.EDITIONS, obsolete)
        await self._store.write(
            Collection.EDITIONS, [Write(record.id, None, record.rev) for record in records.values()]
        )
        return len(records)

    async def _page_ids(self) -> list[str]:
        """Ids of pages, and of the notices behind them (sync/content/published_notices.py)."""
        return [
            record.id
            for prefix in ("page:", "notice:")
            async for record in iterate_records(self._store, Collection.EDITIONS, prefix, page_size=200)
        ]

    async def _is_whole(self, id: str) -> bool:
        record = await self._get_record(f"edition:{id}")
        return record is not None and not record.body["manifest"]["base"]

    async def _edition_body(self, edition: Edition, base: Edition | None) -> dict[str, Any]:
        steps = 0
        base_record = await self._get_record(f"edition:{base.id}") if base else None
        if base and base_record and base_record.body["steps"] < CHAIN_LIMIT:
            steps = base_record.body["steps"] + 1
        else:
            base = None
        delta = diff_manifests(base.manifest if base else None, edition.manifest)
        return {
            "statement": edition.statement.bytes.decode(),
            "signature": edition.signature,
            "key": edition.key,
            "steps": steps,
            "manifest": {
                "base": base.id if base else "",
                "first": delta.first,
                "gone": list(delta.gone),
                "changes": [[change.entry.path, change.entry.digest, change.at] for change in delta.changes],
            },
        }

    async def _load_manifest(self, id: str, record: Record) -> Manifest | None:
        """Rebuild a manifest from the nearest cached or complete one; None while a delta in between is missing."""
        deltas: list[Mapping[str, Any]] = []
        base_id = id
        while base_id and base_id not in self._manifests:
            base = record if base_id == id else await self._get_record(f"edition:{base_id}")
            if base is None:
                return None
            deltas.append(base.body["manifest"])
            base_id = base.body["manifest"]["base"]
        manifest = self._manifests[base_id] if base_id else Manifest((), 0)
        for delta in reversed(deltas):
            changes = [(ManifestEntry(path, digest), index) for path, digest, index in delta["changes"]]
            manifest = rebuild(manifest if delta["base"] else None, delta["gone"], changes, delta["first"])
        self._cache_manifest(id, manifest)
        return manifest

    def _cache_manifest(self, id: str, manifest: Manifest) -> None:
        self._manifests.pop(id, None)
        self._manifests[id] = manifest
        if len(self._manifests) > MANIFEST_CACHE_SIZE:
            self._manifests.pop(next(iter(self._manifests)))

    async def _rotation_link(self, epoch: int) -> RotationLink | None:
        record = await self._get_record(f"key:{epoch}")
        return (record.body["key"], record.body["statement"], record.body["signature"]) if record else None

    async def _get_record(self, id: str) -> Record | None:
        return await self._store.get(Collection.EDITIONS, id)

    async def _write_new(self, writes: Sequence[Write]) -> None:
        """Write immutable records: an existing one is identical."""
        ensure_all_present(await self._store.write(Collection.EDITIONS, writes))

    @staticmethod
    def _published_meanwhile() -> Conflict:
        return Conflict("published-meanwhile", "Une autre publication vient d’avoir lieu.", "Relancez la publication.")
