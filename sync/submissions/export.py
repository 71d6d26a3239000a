"""Exports of answers: NDJSON (exactly as sent), CSV and XLSX (a table for each repeat), GeoJSON (places).

An export takes submissions by and by and gives the file's bytes by and by, so that memory holds few of either. Used by
the console and the command line.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Protocol

from anyio import to_thread

from sync.forms.compiled_form import Form
from sync.submissions.export_lines import GeojsonExport, NdjsonExport
from sync.submissions.export_tables import CsvArchiveExport, CsvExport, WorkbookExport
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import TableBuilder

FORMATS = ("csv", "xlsx", "ndjson", "geojson")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "ndjson": "application/x-ndjson",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BATCH_SIZE = 100  # submissions in memory at a time


class Export(Protocol):
    """A file in the making. `suffix`: the extension of its name; `close` drops temporary files, at any time.

    Until `start` nothing is open, so an export that nobody reads leaves nothing behind.
    """

    suffix: str

    def start(self) -> bytes:
        """Open temporary files; return the bytes that are ready, possibly none."""

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        """Take further submissions; return the bytes that are ready, possibly none."""

    def finish(self) -> Iterator[bytes]:
        """The rest of the file, in chunks that are not empty."""

    def close(self) -> None: ...


def open_export(file_format: str, forms: Sequence[Form], *, labels: bool = False, lang: str = "") -> Export:
    """An export in one of `FORMATS`. CSV of a form with repeats is a ZIP with one CSV for each table."""
    if file_format == "ndjson":
        return NdjsonExport()
    if file_format == "geojson":
        return GeojsonExport()
    tables = TableBuilder(forms, labels=labels, lang=lang)
    if file_format == "xlsx":
        return WorkbookExport(tables)
    return CsvExport(tables) if len(tables.sheets) == 1 else CsvArchiveExport(tables)


async def stream_export(export: Export, entries: AsyncIterator[ReadSubmission]) -> AsyncIterator[bytes]:
    """The file's bytes, made in a thread while the submissions are read."""
    try:
        if data := await to_thread.run_sync(export.start):
            yield data
        async for batch in iterate_batches(entries):
            if data := await to_thread.run_sync(export.add, batch):
                yield data
        rest = export.finish()
        while data := await to_thread.run_sync(next, rest, b""):
            yield data
    finally:
        export.close()


async def iterate_batches(entries: AsyncIterator[ReadSubmission]) -> AsyncIterator[list[ReadSubmission]]:
    """Lists of at most `BATCH_SIZE` submissions."""
    batch: list[ReadSubmission] = []
    async for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch
