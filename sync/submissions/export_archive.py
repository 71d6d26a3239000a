"""A ZIP of an export with the photos and recordings of its submissions, which leaves while they are read.

Used by the console; the command line writes attachments into a folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence

from anyio import to_thread

from sync.errors import NotProven
from sync.submissions.archive_stream import ArchiveStream
from sync.submissions.attachment_names import name_attachments
from sync.submissions.export import Export, iterate_batches
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader

FOLDER = "files"


async def read_attachments(
    reader: SubmissionReader, entries: Sequence[ReadSubmission]
) -> AsyncIterator[tuple[str, bytes]]:
    """The names and bytes of all attachments that are whole and can be opened."""
    for entry in entries:
        for index, name in enumerate(name_attachments(entry)):
            try:
                data = await reader.read_attachment(entry, index)
            except NotProven:  # changed on its way: all others leave
                continue
            if data is not None:
                yield name, data


async def stream_archive(
    export: Export, table_name: str, reader: SubmissionReader, entries: AsyncIterator[ReadSubmission]
) -> AsyncIterator[bytes]:
    """Attachments under their names in the table, and the table behind them, since it is whole last.

    Memory holds one attachment at a time; the table waits in a temporary file.
    """
    archive = ArchiveStream()
    try:
        with tempfile.TemporaryFile() as table:
            await to_thread.run_sync(lambda: table.write(export.start()))
            async for batch in iterate_batches(entries):
                table_bytes = await to_thread.run_sync(export.add, batch)
                await to_thread.run_sync(table.write, table_bytes)
                async for name, data in read_attachments(reader, batch):
                    yield await to_thread.run_sync(archive.store, f"{FOLDER}/{name}", data)
            await to_thread.run_sync(table.writelines, export.finish())
            chunks = archive.add(table_name, table)
            while chunk := await to_thread.run_sync(next, chunks, b""):
                yield chunk
        yield archive.finish()
    finally:
        export.close()
        archive.close()
