"""A fake camera for Chromium: pictures of another screen, as the film that it plays."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

SIZE = (640, 480)  # pixels, even: a cheap camera's
CODE = 430  # pixels of a side of the other screen's code, held a little askew
ANGLE = 3  # degrees
GREY = 128
FRAMES_A_SECOND = 10


def camera_flags(film: Path) -> list[str]:
    """The flags of a Chromium whose camera plays a film over and over, read whenever a page opens it."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]


def write_film(film: Path, pictures: Sequence[bytes]) -> None:
    """Write PNG pictures of a square as a film (YUV4MPEG2, grey)."""
    width, height = SIZE
    colours = bytes([GREY]) * (width * height // 2)
    with film.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F{FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            seen = Image.new("L", SIZE, GREY)
            square = Image.open(io.BytesIO(picture)).convert("L").resize((CODE, CODE), Image.Resampling.BILINEAR)
            turned = square.rotate(ANGLE, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
            seen.paste(turned, ((width - turned.width) // 2, (height - turned.height) // 2))
            out.write(b"FRAME\n" + seen.tobytes() + colours)
