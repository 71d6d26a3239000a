"""A ZIP of an export with the photos and recordings of its submissions, which leaves while they are read.

Used by the console; the command line writes attachments into a folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence

from anyio import to_thread

from sync.errors import NotProven
from sync.submissions.archive_stream import ArchiveStream
from sync.submissions.attachment_names import name_attachments
from sync.submissions.export import Export, iterate_batches
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader

FOLDER = "files"
INCOMPLETE_NAME = "incomplete.txt"


async def read_attachments(
    reader: SubmissionReader, entries: Sequence[ReadSubmission]
) -> AsyncIterator[tuple[str, bytes | None]]:
    """Names and bytes of the attachments of open submissions; None for one that is not whole or not true."""
    for entry in entries:
        if entry.submission.sealed is not None and entry.plaintext is None:
            continue
        for index, name in enumerate(name_attachments(entry)):
            try:
                data = await reader.read_attachment(entry, index)
            except NotProven:  # changed on its way: all others leave
                data = None
            yield name, data


async def stream_archive(
    export: Export,
    table_name: str,
    reader: SubmissionReader,
    entries: AsyncIterator[ReadSubmission],
    explain_missing: Callable[[Sequence[str]], str],
) -> AsyncIterator[bytes]:
    """Attachments under their names in the table, and the table behind them, since it is whole last.

    Those that are not whole or not true stand in INCOMPLETE_NAME: `explain_missing` makes its text of their names.
    Memory holds one attachment at a time; the table waits in a temporary file.
    """
    archive = ArchiveStream()
    missing: list[str] = []
    try:
        with tempfile.TemporaryFile() as table:
            await to_thread.run_sync(lambda: table.write(export.start()))
            async for batch in iterate_batches(entries):
                table_bytes = await to_thread.run_sync(export.add, batch)
                await to_thread.run_sync(table.write, table_bytes)
                async for name, data in read_attachments(reader, batch):
                    if data is None:
                        missing.append(name)
                    else:
                        yield await to_thread.run_sync(archive.store, f"{FOLDER}/{name}", data)
            if missing:
                yield archive.store(INCOMPLETE_NAME, explain_missing(missing).encode())
            await to_thread.run_sync(table.writelines, export.finish())
            chunks = archive.add(table_name, table)
            while chunk := await to_thread.run_sync(next, chunks, b""):
                yield chunk
        yield archive.finish()
    finally:
        export.close()
        archive.close()
