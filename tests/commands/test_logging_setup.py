"""The log as JSON: one object a line, the lines of one request found together, and no address or path in it."""

from __future__ import annotations

import io
import json
import logging
import sys
from contextvars import copy_context
from pathlib import Path

import pytest

from server.commands.logging_setup import JsonFormatter
from server.web.request_number import begin_request
from sync.errors import Refused
from tests.support.small_site import running_site


@pytest.mark.anyio
async def test_an_answer_with_an_error_is_logged_under_its_requests_number(tmp_path: Path) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger("kunnafoni").addHandler(handler)
    try:
        async with running_site(tmp_path) as site:
            site.services.inbox.has_disk_space = lambda: False  # type: ignore[method-assign]
            for _ in range(2):
                assert (await site.client.post("/inbox", content=b"{}\n")).status_code == 503
    finally:
        logging.getLogger("kunnafoni").removeHandler(handler)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    errors = [line for line in lines if line["message"] == "disk-full"]
    assert len({line["request"] for line in errors}) == 2
    assert set(errors[0]) == {"time", "level", "logger", "message", "request"}
    assert "127.0.0.1" not in stream.getvalue()
    assert "/inbox" not in stream.getvalue()


def test_a_line_outside_of_requests_has_no_number_and_an_error_stays_on_its_line() -> None:
    record = logging.LogRecord("kunnafoni.jobs", logging.ERROR, "", 1, "%s fails", ("receipts",), None)
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["level"], "request" in line) == ("receipts fails", "ERROR", False)
    try:
        raise Refused("x", "Non.")
    except Refused:
        record.exc_info = sys.exc_info()
    text, again = copy_context().run(format_in_a_request, record)
    assert "\n" not in text
    assert "Refused" in json.loads(text)["error"]
    assert json.loads(text)["request"] == json.loads(again)["request"]
    assert "request" not in json.loads(JsonFormatter().format(record))


def format_in_a_request(record: logging.LogRecord) -> list[str]:
    begin_request()
    return [JsonFormatter().format(record) for _ in range(2)]
