"""The lines of a request to the inbox: limits before parsing, and one verdict a line."""

from __future__ import annotations

import gzip
import json
import random
from typing import Any

import pytest

from sync.errors import BadRequest, TooLarge
from sync.submissions import body_lines as wire
from sync.submissions.body_lines import BadLine, SubmissionLine, read_lines, unpack
from tests.support.phone_simulator import padded_body, padded_size
from tests.support.vectors import read_vectors


def test_a_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        unpack(gzip.compress(bytes(wire.MAX_UNPACKED_BYTES + 1)))
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x" * 1000)[:-8])
    with pytest.raises(BadRequest):
        unpack(gzip.compress(b"x") + b"y")


@pytest.mark.parametrize("size", [30, 1000, 1024, 1025, 4096, 9000, 60_000])
def test_what_a_phone_fills_up_with_is_skipped(size: int) -> None:
    text = "".join(random.Random(size).choices("abcdefghijklmnopqrstuvwxyzɛɔ 0123456789", k=size))
    lines = json.dumps({"submission": text}, ensure_ascii=False) + "\n" + json.dumps({"submission": "y"}) + "\n"
    for packed in (False, True):
        body = padded_body(lines, packed=packed)
        assert len(body) == padded_size(len(body))
        assert read_lines(unpack(body)) == [SubmissionLine(text, ""), SubmissionLine("y", "")]


def test_sizes_on_the_wire_are_those_of_the_vectors() -> None:
    sizes = read_vectors("padding")["sizes"]
    assert [padded_size(size) for size, _ in sizes] == [padded for _, padded in sizes]


def test_work_is_an_object_or_none() -> None:
    works: list[Any] = [{"a": 1}, "x", 5, [], None]
    lines = [{"submission": "x", "work": work} for work in works]
    body = "".join(json.dumps(line) + "\n" for line in lines)
    assert [getattr(line, "work", "") for line in read_lines(body.encode())] == [{"a": 1}, None, None, None, None]


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
