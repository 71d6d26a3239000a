"""Forms from files: what the reading process returns is what reading in place returns, errors included."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from server.web.limited_process import LimitedProcess
from server.writing.form_files import FormFileReader
from sync.canonical import digest
from sync.errors import BadFolder, BadRequest
from sync.forms.form_document import form_from_workbook
from tests.support import repository
from tests.support.entity_workbooks import PLACEHOLDER, pack, plain_workbook, read_parts
from tests.support.form_files_in_place import read_forms_in_place
from tests.support.xlsforms import workbook

pytestmark = pytest.mark.anyio

IMAGE = f"{digest('image')}.webp"


async def test_a_workbook_is_read_in_another_process_as_in_this_one() -> None:
    data = workbook(
        {
            "survey": [["type", "name", "label", "media::image"], ["text", "a", "Quoi ?", IMAGE]],
            "settings": [["form_title"], ["Nouveau"]],
        }
    )
    form_file = await FormFileReader().read("neuf", data, "neuf.xlsx")
    assert form_file.document == form_from_workbook("neuf", data, "neuf.xlsx").document
    assert form_file.media == (IMAGE,)


async def test_errors_come_back_with_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read_forms_in_place(monkeypatch)
    data = workbook({"survey": [["type", "name", "label"], ["rank", "a", "Quoi ?"], ["text", "é", ""]]})
    with pytest.raises(BadFolder) as here:
        form_from_workbook("neuf", data, "neuf.xlsx")
    with pytest.raises(BadFolder) as there:
        await FormFileReader().read("neuf", data, "neuf.xlsx")
    assert [str(error) for error in there.value.errors] == [str(error) for error in here.value.errors]
    assert [error.code for error in there.value.errors] == [error.code for error in here.value.errors]


@pytest.mark.parametrize("has_lxml", ["False", pytest.param("True", marks=pytest.mark.soak)])
async def test_a_workbook_makes_its_reader_open_no_file_and_ask_no_address(tmp_path: Path, has_lxml: str) -> None:
    """Each is refused, or read without what it asked for, by either of openpyxl's parsers.

    Where this is served there is no lxml, and defusedxml parses.
    """
    (tmp_path / "secret.txt").write_text("ceci est un secret")
    asked: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as listener:
        web = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/secret"
        answers = await read_entity_workbooks(has_lxml, f"file://{tmp_path}/secret.txt", web)
    assert asked == []
    assert [answer for answer in answers if "ceci est un secret" in answer] == []
    assert len(answers) == 32
    declared = [answer for answer in answers if answer.startswith(("entity", "parameter"))]
    if has_lxml == "False":
        assert [answer for answer in declared if "form-unreadable" not in answer] == []
    assert len(declared) == 20
    assert PLACEHOLDER in str(form_from_workbook("neuf", plain_workbook(), "neuf.xlsx"))


async def read_entity_workbooks(has_lxml: str, *addresses: str) -> list[str]:
    """A line for each workbook, from a process in which openpyxl has lxml or not."""
    done = await anyio.run_process(
        [sys.executable, "-m", "tests.support.entity_workbooks", *addresses],
        cwd=repository.ROOT,
        env={**os.environ, "OPENPYXL_LXML": has_lxml},
    )
    return done.stdout.decode().splitlines()


def test_whatever_a_bent_workbook_makes_its_reader_meet_is_a_sentence() -> None:
    parts = read_parts(plain_workbook())
    for name, text in parts.items():
        for bent in ("", "<", text[: len(text) // 2], text.replace("<", "<x:"), text.replace('"', '"9'), "\x00" + text):
            with suppress(BadFolder):  # anything else fails the test
                form_from_workbook("neuf", pack({**parts, name: bent}), "neuf.xlsx")
    with pytest.raises(BadFolder, match="n’est pas un XLSForm lisible"):
        form_from_workbook("neuf", pack({**parts, "xl/workbook.xml": "<"}), "neuf.xlsx")


async def test_notices_come_back_with_the_clean_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    read_forms_in_place(monkeypatch)
    data = workbook({"survey": [["type", "name", "label"], ["start", "start", ""], ["text", "a", "**Quoi** ?"]]})
    form_file = await FormFileReader().read("neuf", data, "neuf.xlsx")
    assert [notice.code for notice in form_file.notices] == ["row-left-out", "markup-left-out"]
    clean = await FormFileReader().clean_workbook(form_file.document.body)
    again = await FormFileReader().read("neuf", clean, "neuf.xlsx")
    assert (again.document, again.notices) == (form_file.document, ())


@pytest.mark.parametrize("name", ["neuf.doc", "neuf", "neuf.xlsx.exe"])
async def test_other_kinds_of_files_are_refused_unread(name: str) -> None:
    with pytest.raises(BadRequest, match="file-kind"):
        await FormFileReader().read("neuf", b"", name)


async def test_a_file_without_a_result_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reach_a_limit(process: LimitedProcess, arguments: Sequence[str], data: bytes) -> bytes:
        return b""

    monkeypatch.setattr(LimitedProcess, "run", reach_a_limit)
    with pytest.raises(BadRequest, match="file-heavy"):
        await FormFileReader().read("neuf", b"", "neuf.xlsx")
