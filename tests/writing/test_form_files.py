"""Forms from files: what the reading process returns is what reading in place returns, errors included."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from server.web.limited_process import LimitedProcess
from server.writing.form_files import FormFileReader
from sync.canonical import digest
from sync.errors import BadFolder, BadRequest
from sync.forms.form_document import form_from_xlsx
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
    assert form_file.document == form_from_xlsx("neuf", data, "neuf.xlsx")
    assert form_file.media == (IMAGE,)


async def test_errors_come_back_with_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read_forms_in_place(monkeypatch)
    data = workbook({"survey": [["type", "name", "label"], ["video", "a", "Quoi ?"], ["text", "é", ""]]})
    with pytest.raises(BadFolder) as here:
        form_from_xlsx("neuf", data, "neuf.xlsx")
    with pytest.raises(BadFolder) as there:
        await FormFileReader().read("neuf", data, "neuf.xlsx")
    assert [str(error) for error in there.value.errors] == [str(error) for error in here.value.errors]
    assert [error.code for error in there.value.errors] == [error.code for error in here.value.errors]


@pytest.mark.parametrize("name", ["neuf.xls", "neuf", "neuf.xlsx.exe"])
async def test_other_kinds_of_files_are_refused_unread(name: str) -> None:
    with pytest.raises(BadRequest, match="file-kind"):
        await FormFileReader().read("neuf", b"", name)


async def test_a_file_without_a_result_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reach_a_limit(process: LimitedProcess, arguments: Sequence[str], data: bytes) -> bytes:
        return b""

    monkeypatch.setattr(LimitedProcess, "run", reach_a_limit)
    with pytest.raises(BadRequest, match="file-heavy"):
        await FormFileReader().read("neuf", b"", "neuf.xlsx")
