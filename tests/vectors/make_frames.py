"""Write frames.json: `python -m tests.vectors.make_frames`. What is expected of refusals is stated by hand."""

from __future__ import annotations

import random
from typing import Any

from sync.canonical import base64url_encode
from sync.editions.pack_frames import FRAME_BYTES, FRAME_LIMIT, write_frames
from tests.vectors.make import save

LENGTHS = (1, 2, 3, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES - 1)  # bytes


def frames_cases() -> dict[str, Any]:
    random_bytes = random.Random(45).randbytes
    bodies = [bytes([255] * 5), b"Hello!!", *map(random_bytes, LENGTHS)]
    first, second, third = write_frames(bodies[-1])
    other = write_frames(random_bytes(3 * FRAME_BYTES))
    heading = first.rsplit(" 1 3 ", 1)[0]

    def alone(number: str, count: str, digits: str) -> list[str]:
        return [f"{heading} {number} {count} {digits}"]

    refused = [
        ("a web address", "pack-malformed", ["https://exemple.ml/fr-ML/"]),
        ("an empty text", "pack-malformed", [""]),
        ("a later format", "version-unknown", [first.replace("FRAMES/1", "FRAMES/2"), second, third]),
        ("a frame of another body", "pack-malformed", [first, other[1], third]),
        ("a frame missing", "pack-malformed", [first, third]),
        ("a number above the count", "pack-malformed", alone("4", "3", "QED8W")),
        ("the number nought", "pack-malformed", alone("0", "1", "QED8W")),
        ("a number with a nought before it", "pack-malformed", alone("01", "1", "QED8W")),
        ("too many frames", "pack-malformed", alone("1", str(FRAME_LIMIT + 1), "QED8W")),
        ("three characters above two bytes", "pack-malformed", alone("1", "1", ":::")),
        ("two characters above a byte", "pack-malformed", alone("1", "1", "::")),
        ("a character alone behind the others", "pack-malformed", alone("1", "1", "QED8")),
        ("a small letter", "pack-malformed", alone("1", "1", "qed")),
        ("a longer text than a code holds", "pack-malformed", alone("1", "1", "0" * 567)),
        (
            "another checksum",
            "pack-malformed",
            [frame.replace(heading[-8:], "00000000") for frame in write_frames(bodies[-1])],
        ),
        (
            "a frame with another character",
            "pack-malformed",
            [first[:-1] + ("0" if first[-1] != "0" else "1"), second, third],
        ),
        ("a line end behind the text", "pack-malformed", [first + "\n", second, third]),
        ("a line end within the text", "pack-malformed", [first[:-3] + "\n" + first[-2:], second, third]),
    ]
    return {
        "bodies": [{"body": base64url_encode(body), "frames": write_frames(body)} for body in bodies],
        "refused": [{"why": why, "code": code, "frames": frames} for why, code, frames in refused],
    }


if __name__ == "__main__":
    save("frames", frames_cases())
