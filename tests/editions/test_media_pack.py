"""Recordings as files that people hand on. pwa/test reads the same vectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import base64url_decode
from sync.editions.media_pack import read_media_pack, write_media_packs
from sync.errors import NotProven
from tests.support.bent_texts import TextBender

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parents[1] / "vectors/media-pack.json").read_text("utf-8"))
MEDIA = {name: base64url_decode(data) for name, data in VECTORS["media"].items()}


def test_a_file_brings_its_recordings_and_parts_bring_them_together() -> None:
    assert read_media_pack(VECTORS["whole"]) == (VECTORS["site"], MEDIA)
    parts = [read_media_pack(part) for part in VECTORS["parts"]]
    assert [part.partition("\n")[0] for part in VECTORS["parts"]] == [
        f"kunnafoni-media/1 {VECTORS['site']} {number} 2" for number in (1, 2)
    ]
    assert {name: data for _, media in parts for name, data in media.items()} == MEDIA


def test_parts_stay_under_a_limit_but_for_a_single_long_recording() -> None:
    media = {name: bytes(data) * times for (name, data), times in zip(MEDIA.items(), (1, 30, 50), strict=True)}
    files = write_media_packs("exemple.ml", media, limit=6_000)
    assert len(files) == 2
    assert len(files[0]) <= 6_000


def test_what_is_no_file_of_recordings_or_was_changed_is_refused_for_the_stated_reason() -> None:
    for case in VECTORS["refused"]:
        with pytest.raises(NotProven) as error:
            read_media_pack(case["text"])
        assert (case["why"], error.value.code) == (case["why"], case["code"])


def test_a_mangled_file_brings_nothing_but_whole_recordings() -> None:
    bender = TextBender(33)
    refused = 0
    for _ in range(1_000):
        try:
            _, media = read_media_pack(bender.bent(VECTORS["whole"], halves=True))
        except NotProven:
            refused += 1
        else:
            assert media.items() <= MEDIA.items()
    assert refused > 900
