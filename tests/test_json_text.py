"""JSON from outside: UTF-8 alone, and nothing that could not be written down again."""

from __future__ import annotations

import json

import pytest

from sync.json_text import parse_json


@pytest.mark.parametrize("text", ['{"a":[1,2.5,null,true,"\\u00e9\\ud83d\\ude00\\u0000"]}', " [] ", '"é😀"', "0"])
def test_ordinary_json_is_read_from_bytes_and_text(text: str) -> None:
    assert parse_json(text.encode()) == parse_json(text) == json.loads(text)


@pytest.mark.parametrize(
    "raw",
    [
        b'"\\ud800"',
        b'{"endpoint":"\\udfff"}',
        b'{"\\uD83D":1}',
        b'"\xed\xa0\x80"',
        '"é"'.encode("utf-16"),
        '"é"'.encode("utf-32"),
        '"é"'.encode("latin-1"),
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5000,
        b"[" * 100_000,
        b"",
        b"{",
        "\ufeff1".encode(),
    ],
)
def test_other_codecs_surrogates_infinities_and_depth_are_one_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(raw)


def test_a_text_with_a_lone_surrogate_is_no_json() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        parse_json('"\ud800"')
