"""Media conversion in a limited process: the upload on stdin; one line of JSON, then the converted bytes, on stdout.

Passages of a sound come behind their lengths. Of a sound a second file follows the first; `aac` is its length.

Decoders of images and sound are large C libraries, and uploads are untrusted. A crash is reported as a refused file.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from server.web.app_state import HasApp
from server.web.limited_process import LimitedProcess, ProcessLimits, apply_limits
from sync.errors import Refused

_LENGTH = struct.Struct(">I")  # of one of several files on stdin

LIMITS = ProcessLimits(memory=1024 * 1024 * 1024, processor=60, timeout=120)

_ERROR_SENTENCES = {
    "image-too-many-pixels": "Cette image a trop de pixels.",
    "image-unreadable": "Cette image ne peut pas être lue. Nous prenons JPEG, PNG, WebP, AVIF et GIF.",
    "image-too-detailed": "Cette image reste trop lourde. Coupez-la, ou prenez-en une plus simple.",
    "sound-kind-unknown": "Ce fichier n’est pas un enregistrement que nous savons lire.",
    "sound-unreadable": "Cet enregistrement est abîmé : il ne peut pas être lu jusqu’au bout.",
    "sound-empty": "Cet enregistrement est vide.",
    "sound-without-sound": "Il n’y a pas de son dans ce fichier.",
    "sound-too-long": "Cet enregistrement est trop long : 15 minutes au plus.",
    "file-heavy": "Ce fichier demande trop de travail à ce serveur.",
}


@dataclass(frozen=True, slots=True)
class ConvertedMedia:
    data: bytes
    extension: str
    seconds: int = 0
    width: int = 0
    height: int = 0
    aac: bytes = b""  # of a sound: the same for phones that cannot play Opus
    starts: tuple[int, ...] = ()  # of a sound of several passages: the second at which each begins


class MediaConverter:
    """Converts uploads, one at a time: two at once would starve a small server."""

    def __init__(self) -> None:
        self._process = LimitedProcess("server.media.convert", LIMITS)

    async def convert(self, kind: str, raw: bytes) -> ConvertedMedia:
        """Convert an upload; `kind` is "image" or "sound". Raises Refused, with the reason, if that fails."""
        return await self._run(kind, raw)

    async def join(self, passages: Sequence[bytes]) -> ConvertedMedia:
        """Join recorded passages to one sound. Raises Refused, with the reason, if that fails."""
        return await self._run("passages", b"".join(_LENGTH.pack(len(each)) + each for each in passages))

    async def _run(self, kind: str, raw: bytes) -> ConvertedMedia:
        header, _, data = (await self._process.run([kind], raw)).partition(b"\n")
        try:
            result = json.loads(header)
        except ValueError:
            raise conversion_error("file-heavy") from None
        if "refused" in result:
            raise conversion_error(result["refused"])
        second = result.get("aac", 0)
        return ConvertedMedia(
            data[: len(data) - second],
            result["extension"],
            result.get("seconds", 0),
            result.get("width", 0),
            result.get("height", 0),
            data[len(data) - second :],
            tuple(result.get("starts", ())),
        )


def converter_of(request: HasApp) -> MediaConverter:
    converter: MediaConverter = request.app.state.converter
    return converter


def conversion_error(code: str) -> Refused:
    return Refused(code, _ERROR_SENTENCES[code])


def main() -> None:
    apply_limits(LIMITS)
    raw = sys.stdin.buffer.read()
    result, data = _convert(sys.argv[1], raw)
    sys.stdout.buffer.write(json.dumps(result).encode() + b"\n" + data)


def _convert(kind: str, raw: bytes) -> tuple[dict[str, object], bytes]:
    from server.media import images, sounds  # not loaded by the server process itself

    try:
        if kind == "image":
            picture = images.shrink(raw)
            return {"extension": "webp", "width": picture.width, "height": picture.height}, picture.data
        recording = sounds.join_to_opus(_split(raw)) if kind == "passages" else sounds.convert_to_opus(raw)
        aac = sounds.convert_to_aac(recording.data)
        result = {"extension": "opus", "seconds": recording.seconds, "aac": len(aac), "starts": recording.starts}
        return result, recording.data + aac
    except (images.UnreadableImage, sounds.UnreadableSound) as error:
        return {"refused": str(error)}, b""


def _split(raw: bytes) -> list[bytes]:
    """The files of which `join` made one, each behind its length."""
    files, at = [], 0
    while at < len(raw):
        [length] = _LENGTH.unpack_from(raw, at)
        at += _LENGTH.size
        files.append(raw[at : at + length])
        at += length
    return files
