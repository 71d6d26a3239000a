"""A ZIP of an export with the photos and recordings of its submissions, written file by file.

Used by the console and the command line.
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import IO

from anyio import to_thread

from sync.submissions.attachment_names import name_attachments
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader

FOLDER = "files"


async def read_attachments(
    reader: SubmissionReader, entries: Sequence[ReadSubmission]
) -> AsyncIterator[tuple[str, bytes]]:
    """The names and bytes of all attachments that are whole and can be opened."""
    for entry in entries:
        for index, name in enumerate(name_attachments(entry)):
            data = await reader.read_attachment(entry, index)
            if data is not None:
                yield name, data


async def write_archive(
    output: IO[bytes], table: bytes, table_name: str, reader: SubmissionReader, entries: Sequence[ReadSubmission]
) -> int:
    """Write the table, then the attachments under their names in it; return how many. Memory holds one at a time."""
    count = 0
    with zipfile.ZipFile(output, "w") as archive:
        await to_thread.run_sync(lambda: archive.writestr(zipfile.ZipInfo(table_name), table, zipfile.ZIP_DEFLATED))
        async for name, data in read_attachments(reader, entries):
            await to_thread.run_sync(archive.writestr, zipfile.ZipInfo(f"{FOLDER}/{name}"), data)
            count += 1
    return count
