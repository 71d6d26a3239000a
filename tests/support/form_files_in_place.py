"""Forms from files, read in the test's own process: a child takes a second to load pyxform."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from server.web.limited_process import LimitedProcess
from server.writing import form_files


def read_forms_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `FormFileReader` read without a child, until the test ends."""

    async def run(process: LimitedProcess, arguments: Sequence[str], data: bytes) -> bytes:
        return json.dumps(form_files._work(arguments, data)).encode()

    monkeypatch.setattr(LimitedProcess, "run", run)
