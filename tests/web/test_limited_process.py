"""Limited processes: a result, or none once a limit is reached; the server is not touched."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from server.web.limited_process import LimitedProcess
from tests.support.limited_child import LIMITS

pytestmark = pytest.mark.anyio


async def test_a_child_answers_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "KUNNAFONI_STORE", "couchdb://user:secret@host")
    process = LimitedProcess("tests.support.limited_child", LIMITS)
    assert await process.run(["echo"], b"data \xff") == b"data \xff"
    assert await process.run(["environment"], b"") == b"[]"


@pytest.mark.parametrize("deed", ["eat", pytest.param("spin", marks=pytest.mark.soak)])
async def test_a_child_that_takes_too_much_has_no_result(deed: str) -> None:
    assert await LimitedProcess("tests.support.limited_child", LIMITS).run([deed], b"data") == b""


async def test_a_child_that_takes_too_long_is_ended() -> None:
    impatient = replace(LIMITS, timeout=0.3)
    assert await LimitedProcess("tests.support.limited_child", impatient).run(["sleep"], b"data") == b""


async def test_a_child_writes_no_file(tmp_path: Path) -> None:
    file = tmp_path / "written"
    assert await LimitedProcess("tests.support.limited_child", LIMITS).run(["write", str(file)], b"data") == b""
    assert not file.exists() or file.read_bytes() == b""
