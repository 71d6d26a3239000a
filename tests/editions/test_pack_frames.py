"""Frames: a pack's body in the texts of codes, as phones write and read them. pwa/test reads the same vectors."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import base64url_decode
from sync.editions.pack_frames import FRAME_BYTES, FRAME_LIMIT, join_frames, write_frames
from sync.errors import NotProven
from tests.support.bent_texts import TextBender

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parents[1] / "vectors/frames.json").read_text("utf-8"))
LARGEST = FRAME_BYTES * FRAME_LIMIT  # bytes


def test_frames_bring_their_body_in_any_order_and_doubled() -> None:
    for case in VECTORS["bodies"]:
        body = base64url_decode(case["body"])
        assert write_frames(body) == case["frames"]
        mixed = case["frames"] * 2
        random.Random(1).shuffle(mixed)
        assert join_frames(mixed) == body


def test_frames_that_are_not_whole_or_not_of_one_body_are_refused_for_the_stated_reason() -> None:
    for case in VECTORS["refused"]:
        with pytest.raises(NotProven) as error:
            join_frames(case["frames"])
        assert (case["why"], error.value.code) == (case["why"], case["code"])
    with pytest.raises(NotProven):
        join_frames([])


def test_a_body_of_nothing_or_of_more_than_the_limit_goes_as_a_file() -> None:
    assert len(write_frames(bytes(LARGEST))) == FRAME_LIMIT
    for length in (0, LARGEST + 1):
        with pytest.raises(ValueError, match=f"{length} bytes"):
            write_frames(bytes(length))


def test_a_mangled_frame_never_changes_the_body() -> None:
    bender = TextBender(45)
    bodies = [bender.random.randbytes(length) for length in (7, FRAME_BYTES, 5 * FRAME_BYTES - 3)]
    refused = 0
    for _ in range(1_000):
        body = bender.random.choice(bodies)
        frames = write_frames(body)
        at = bender.random.randrange(len(frames))
        frames[at] = bender.bent(frames[at])
        try:
            assert join_frames(frames) == body
        except NotProven:
            refused += 1
    assert refused > 960, "a change that puts a character in its own place leaves a frame as good as it was"
