"""The lines of a request to the inbox: limits before parsing, and one verdict a line."""

from __future__ import annotations

import gzip

import pytest

from sync.errors import BadRequest, TooLarge
from sync.submissions import body_lines as wire
from sync.submissions.body_lines import BadLine, SubmissionLine, read_lines, unpack


def test_a_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        unpack(gzip.compress(bytes(wire.MAX_UNPACKED_BYTES + 1)))
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x" * 1000)[:-8])
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x") + b"y")


def test_limits_hold_before_anything_is_parsed() -> None:
    with pytest.raises(TooLarge):
        read_lines(b"{}\n" * (wire.MAX_LINES + 1))
    with pytest.raises(TooLarge):
        read_lines(b"x" * (wire.MAX_LINE_BYTES + 1) + b"\n")
    with pytest.raises(BadRequest):
        read_lines(b'{"submission":"cut in the middle')


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "5",
        '{"submission":5}',
        '{"file":"x","at":0,"data":""}',
        '{"submission":"\\ud800"}',
        "[" * 2000,
        '{"a":NaN',
        "\x00",
    ],
)
def test_a_bad_line_is_judged_alone(line: str) -> None:
    lines = read_lines(f'{line}\n{{"submission":"x"}}\n'.encode())
    assert isinstance(lines[0], BadLine)
    assert lines[1] == SubmissionLine("x", "")
