"""Files of answers: they leave piece by piece, and what the public wrote is text in every spreadsheet program."""

from __future__ import annotations

import csv
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from sync.errors import Unavailable
from sync.forms.compiled_form import Form
from sync.forms.question_types import CellValue
from sync.submissions.archive_stream import ArchiveStream
from sync.submissions.export import BATCH_SIZE, CONTENT_TYPES, FORMATS, open_export, stream_export
from sync.submissions.export_tables import csv_head, csv_lines
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import Sheet
from tests.support.read_submissions import read_submission
from tests.support.xlsforms import compiled, q

FORM = Form(
    compiled(
        q("text", "mot"),
        q("geopoint", "ou"),
        q("begin repeat", "fois"),
        q("text", "quoi"),
        q("end repeat", ""),
        settings={"sealed": "no"},
    )
)


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＋1", " －1", "＠a", "\n"]
)
def test_text_that_a_spreadsheet_program_could_run_is_shown_as_text(text: str) -> None:
    head = csv_head(Sheet("reponses", ["paroles"], ["paroles"]))
    rows = list(csv.reader(io.StringIO((head + csv_lines([[text]])).decode("utf-8-sig"), newline="")))
    assert rows == [["paroles"], [f"'{text}"]]


@pytest.mark.parametrize("value", ["1 = 1", "a@b", "", "moins -1", "é", 12, Decimal("-3.50")])
def test_other_values_stay_as_they_are(value: CellValue) -> None:
    head = csv_head(Sheet("reponses", ["paroles"], ["paroles"]))
    rows = list(csv.reader(io.StringIO((head + csv_lines([[value]])).decode("utf-8-sig"), newline="")))
    assert rows == [["paroles"], [str(value)]]


@pytest.mark.anyio
@pytest.mark.parametrize("file_format", FORMATS)
async def test_memory_does_not_grow_with_the_number_of_submissions(file_format: str) -> None:
    few, many = [await peak_memory(file_format, count) for count in (200, 800)]
    assert many[1] > 3 * few[1], "the file grows"
    assert many[0] < 1.3 * few[0], (few, many)


async def peak_memory(file_format: str, count: int) -> tuple[int, int]:
    """The most bytes of memory while a file of so many submissions leaves, and the file's size."""
    size = 0
    tracemalloc.start()
    try:
        async for chunk in stream_export(open_export(file_format, [FORM]), long_entries(count)):
            size += len(chunk)
        return tracemalloc.get_traced_memory()[1], size
    finally:
        tracemalloc.stop()


async def long_entries(count: int) -> AsyncIterator[ReadSubmission]:
    for number in range(count):
        answers = {"mot": f"{number:05}" * 60, "ou": "12.65 -8.00", "fois": [{"quoi": f"{number:04}" * 20}] * 2}
        yield read_submission(FORM, answers, number)


@pytest.mark.anyio
@pytest.mark.parametrize("file_format", FORMATS)
async def test_an_export_that_breaks_off_leaves_no_file_behind(
    file_format: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def broken() -> AsyncIterator[ReadSubmission]:
        async for entry in long_entries(BATCH_SIZE + 1):
            yield entry
        raise Unavailable("store", "Plus de réponse.")

    with pytest.raises(Unavailable):
        [chunk async for chunk in stream_export(open_export(file_format, [FORM]), broken())]
    assert not any([path async for path in anyio.Path(tmp_path).iterdir()])


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_export_that_nobody_reads_opens_no_file(
    file_format: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert open_export(file_format, [FORM]).suffix in CONTENT_TYPES


def test_a_zip_leaves_in_pieces_photos_stored_and_tables_compressed() -> None:
    archive = ArchiveStream()
    photo, rows = bytes(range(256)) * 4_000, b"code\r\n" * 100_000
    parts = [archive.store("files/vue.webp", photo)]
    with tempfile.TemporaryFile() as table:
        table.write(rows)
        parts += [*archive.add("reponses.csv", table), archive.finish()]
    assert len(parts[0]) > len(photo), "a photo leaves at once"
    assert sum(map(len, parts[1:])) < len(rows) / 10
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as whole:
        assert {name: whole.read(name) for name in whole.namelist()} == {"files/vue.webp": photo, "reponses.csv": rows}
