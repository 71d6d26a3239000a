"""JSON is read as phones read it; of a request nothing is taken that could not be written down again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.json_text import escape_for_script, parse_json, parse_storable_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "[Infinity]",
        '{"a":-Infinity}',
        "[1,]",
        '"\t"',
        "\ufeff1",
        b"\xef\xbb\xbf1",
        '"é"'.encode("latin-1"),
        "1".encode("utf-16"),
        b'"\xed\xa0\x80"',
        "01",
        "１",
        "[" * 100_000,
    ],
)
def test_what_is_no_json_for_a_phone_is_none_here(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("1.0", 1),
        ("10e-1", 1),
        ("1E2", 100),
        ("-0", 0),
        ("-0.0", 0),
        ("9007199254740991", 9007199254740991),
        ("9007199254740991.0", 9007199254740991),
        ("-9007199254740991", -9007199254740991),
        ("0.5", 0.5),
        ("9007199254740992", 9007199254740992.0),
        ("9007199254740993", 9007199254740992.0),
        ("-9007199254740992", -9007199254740992.0),
        ("1e400", float("inf")),
        ("9" * 5000, float("inf")),
    ],
)
def test_a_number_is_whole_by_its_value_and_exact_or_a_fraction(text: str, number: Any) -> None:
    value = parse_json(text)
    assert (value, type(value)) == (number, type(number))


def test_the_last_of_two_equal_keys_counts() -> None:
    assert parse_json('{"a":1,"a":2}') == {"a": 2}


@pytest.mark.parametrize("text", ['{"a":[1,2.5,null,true,"\\u00e9\\ud83d\\ude00\\u0000"]}', " [] ", '"é😀"', "0"])
def test_ordinary_json_is_read_from_bytes_and_text(text: str) -> None:
    assert parse_storable_json(text.encode()) == parse_json(text) == json.loads(text)


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
        b"1e999",
        b"9" * 5000,
        b"NaN",
        b"-Infinity",
        b"[" * 100_000,
        b"",
        b"{",
        "\ufeff1".encode(),
    ],
)
def test_other_codecs_surrogates_infinities_and_depth_are_one_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_storable_json(raw)


def test_json_in_a_script_element_stays_the_same_value() -> None:
    value = {"text": "</script><!--\u2028\u2029é"}
    text = escape_for_script(json.dumps(value, ensure_ascii=False))
    assert not set("<\u2028\u2029") & set(text) and parse_json(text) == value
