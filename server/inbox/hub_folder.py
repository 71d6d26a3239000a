"""A folder, on a memory card for example, that is carried between headquarters and a hub without any link.

    editions/      packs and forms, from headquarters
    submissions/   bundles, from hubs
    receipts/      headquarters' receipts for them, each in a file of its bundle's name
    refusals/      what headquarters refuses of them, likewise; both go once the hub has taken its bundle away

Each side verifies all that it reads as if a phone or a feed had brought it. A file appears under its name once it is
whole; one that was copied in part is left alone until it changes. What was carried stands in the journal.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread

from server.accounts.audit import AuditLog
from server.inbox import folder_bundle
from server.inbox.folder_editions import EditionReader, write_edition_files
from server.inbox.service import InboxService
from server.reader.current_editions import CurrentEditions
from server.web.app_state import Clock
from sync.canonical import digest
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Store

INTERVAL = 60.0  # seconds between looks at the folder
MAX_FILE_BYTES = 32_000_000  # more than any file of these kinds may have
EDITIONS, SUBMISSIONS, RECEIPTS, REFUSALS = "editions", "submissions", "receipts", "refusals"
PAGE_SIZE = 1000  # changes that are read at once


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file of the folder, and its size and time of change before it was read: it may still be growing."""

    path: Path
    state: tuple[int, int]


class HubFolder:
    """`is_headquarters`: whether this machine has the site's key now."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        editions: CurrentEditions,
        inbox: InboxService,
        audit: AuditLog,
        clock: Clock,
        is_headquarters: Callable[[], bool],
    ) -> None:
        self._folder = folder
        self._store = store
        self._editions = editions
        self._inbox = inbox
        self._audit = audit
        self._clock = clock
        self._is_headquarters = is_headquarters
        self._settled: dict[Path, tuple[int, int]] = {}  # states of files that need no further look
        self._written: dict[str, str] = {}  # by channel, what the edition's files were written for
        self._cursor: str | None = None  # in the hub's submissions, before they were last written
        self._seen: object = None  # the day, and the bundles that were there

    async def turn(self) -> float:
        """Give and take once; return the seconds until the next turn. Without the folder, a card put away, nothing."""
        if await to_thread.run_sync(self._folder.is_dir):
            await (self._exchange_at_headquarters() if self._is_headquarters() else self._exchange_at_hub())
        return INTERVAL

    async def _exchange_at_headquarters(self) -> None:
        await self._write_editions()
        async for file, text in self._new_files(SUBMISSIONS):
            try:
                result, receipts, refusals = await folder_bundle.receive_bundle(self._inbox, text)
            except KunnafoniError as error:
                await self._leave(file, error)
                continue
            for part, answer in ((RECEIPTS, receipts), (REFUSALS, refusals)):
                if answer:
                    await self._write(part, file.path.name, answer)
            if not result.has_later:
                self._settle(file)
            await self._audit.record("", "folder-received", file.path.name, **result.counts)

        bundles = await self._names(SUBMISSIONS)
        for part in (RECEIPTS, REFUSALS):
            for name in await self._names(part):
                if name not in bundles:
                    await to_thread.run_sync(_delete, self._folder / part / name)

    async def _write_editions(self) -> None:
        for channel in self._editions.channels:
            current = self._editions.get(channel)
            mark = f"{current.edition.id} {current.freshness.date if current.freshness else ''}"
            names = await self._names(EDITIONS)
            if self._written.get(channel) == mark and any(name.startswith(f"{channel}-") for name in names):
                continue
            files = await write_edition_files(self._store, channel)
            for name, text in files.items():
                await self._write(EDITIONS, name, text)
            for name in names:
                if name.startswith(f"{channel}-") and name not in files:
                    await to_thread.run_sync(_delete, self._folder / EDITIONS / name)
            self._written[channel] = mark
            await self._audit.record("", "folder-written", f"{channel} {current.edition.statement.number}")

    async def _exchange_at_hub(self) -> None:
        await self._take_editions()
        if not self._editions.channels:
            await self._editions.load()
        if not self._editions.channels:
            return
        site = self._inbox.site
        async for file, text in self._new_files(RECEIPTS):
            try:
                count = await folder_bundle.take_receipts(self._inbox, self._store, text)
            except KunnafoniError as error:
                await self._leave(file, error)
                continue
            self._settle(file)
            if count:
                await self._audit.record("", "folder-receipts", file.path.name, count=count)
        async for file, text in self._new_files(REFUSALS):
            try:
                await folder_bundle.take_refusals(self._inbox, self._store, text, self._clock().date())
            except KunnafoniError as error:
                await self._leave(file, error)
            else:
                self._settle(file)
                self._seen = None
        if await self._has_changed():
            seen, self._seen = self._seen, None  # a card that is full or pulled out is written again
            await self._write_submissions(site)
            self._seen = seen

    async def _has_changed(self) -> bool:
        """True if bundles may have to be written or taken away: new records, another day, or other files."""
        names = await self._names(SUBMISSIONS)
        files = [await self._look(self._folder / SUBMISSIONS / name) for name in names]
        seen, self._seen = self._seen, (self._clock().date(), files)
        has_changed = seen != self._seen or self._cursor is None
        more = True
        while more:
            changes = await self._store.changes(Collection.FEEDBACK, self._cursor, PAGE_SIZE)
            self._cursor, more = changes.cursor, changes.more
            has_changed |= bool(changes.ids)
        return has_changed

    async def _take_editions(self) -> None:
        files: list[FolderFile] = []
        reader = EditionReader(self._store)
        async for file, text in self._new_files(EDITIONS):
            if not files:
                await reader.open()
            files.append(file)
            try:
                await to_thread.run_sync(reader.read, text)
            except KunnafoniError as error:
                await self._leave(file, error)
        for edition, is_new in await reader.take():
            channel = edition.statement.channel
            for file in files:
                if file.path.name.startswith(f"{channel}-"):
                    self._settle(file)
            if is_new:
                await self._audit.record("", "folder-taken", f"{channel} {edition.statement.number}")

    async def _write_submissions(self, site: str) -> None:
        carried = folder_bundle.BundleContents()
        for name in await self._names(SUBMISSIONS):
            file = await self._look(self._folder / SUBMISSIONS / name)
            try:
                contents = await folder_bundle.read_contents(await self._read(file.path), site)
            except KunnafoniError as error:
                await self._leave(file, error)
                continue
            if await folder_bundle.is_settled(self._store, contents.submissions, self._clock().date()):
                await to_thread.run_sync(_delete, file.path)
            else:
                carried.add(contents)
        async for text in folder_bundle.write_bundles(self._store, site, carried, self._clock().date()):
            name = f"kunnafoni-{self._clock().date()}-{digest(text)[:8]}.txt"
            await self._write(SUBMISSIONS, name, text)
            await self._audit.record("", "folder-written", name)

    async def _leave(self, file: FolderFile, error: KunnafoniError) -> None:
        """Note a file that is refused as it is, for example one copied in part; it is read again once it changed."""
        if self._settled.get(file.path) != file.state:
            self._settle(file)
            await self._audit.record("", "folder-refused", file.path.name, code=error.code)

    async def _new_files(self, part: str) -> AsyncIterator[tuple[FolderFile, str]]:
        """The files that changed since they were settled, by name, each with its text: one at a time in memory."""
        for name in await self._names(part):
            file = await self._look(self._folder / part / name)
            if self._settled.get(file.path) != file.state:
                yield file, await self._read(file.path)

    def _settle(self, file: FolderFile) -> None:
        self._settled[file.path] = file.state

    async def _look(self, path: Path) -> FolderFile:
        state = await to_thread.run_sync(path.stat)
        return FolderFile(path, (state.st_size, state.st_mtime_ns))

    async def _names(self, part: str) -> list[str]:
        return await to_thread.run_sync(lambda: sorted(file.name for file in (self._folder / part).glob("*.txt")))

    async def _read(self, file: Path) -> str:
        return await to_thread.run_sync(_read_text, file)

    async def _write(self, part: str, name: str, text: str) -> None:
        await to_thread.run_sync(_write_whole, self._folder / part / name, text)


def _delete(file: Path) -> None:
    file.unlink(missing_ok=True)


def _read_text(file: Path) -> str:
    """The text; a longer one than the readers take is cut, and they refuse it."""
    with file.open("rb") as content:
        return content.read(MAX_FILE_BYTES).decode("utf-8", "replace")


def _write_whole(file: Path, text: str) -> None:
    """Write under another name first: a card that is pulled out has the whole file or none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")  # another process may write the same file
    try:
        with part.open("wb") as content:
            content.write(text.encode())
            content.flush()
            os.fsync(content.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
