"""Sound conversion for cheap phones: any common format to mono Ogg Opus at about 16 kbit/s (two minutes: 240 kB).

A second file, AAC in MP4 at about 32 kbit/s, is for phones that cannot play Opus in Ogg.

Runs in the subprocess of `convert.py`, because uploads are untrusted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import FFmpegError

SAMPLE_RATE = 48_000  # samples per second, the time base of Opus
BIT_RATE = 16_000  # bits per second
AAC_SAMPLE_RATE = 24_000  # samples per second
AAC_BIT_RATE = 32_000  # bits per second: the plain profile, which every phone plays, needs twice as many
MAX_SECONDS = 15 * 60  # seconds, 1.8 MB: more than most people will pay for


class UnreadableSound(Exception):
    """The sound is damaged or of an unsupported format; the text is an error code."""


@dataclass(frozen=True, slots=True)
class Recording:
    data: bytes
    seconds: int


def detect_format(raw: bytes) -> str | None:
    """FFmpeg demuxer for a file, by its magic bytes, or None. Explicit, so that FFmpeg never follows a playlist."""
    if raw[:4] == b"OggS":
        return "ogg"
    if raw[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WAVE":
        return "wav"
    if raw[4:8] == b"ftyp":
        return "mp4"
    if raw[:4] == b"fLaC":
        return "flac"
    if raw[:6] == b"#!AMR\n" or raw[:9] == b"#!AMR-WB\n":
        return "amr"
    if raw[:3] == b"ID3" or (len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return "mp3"
    if len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xF6 == 0xF0:
        return "aac"
    return None


def convert_to_opus(raw: bytes) -> Recording:
    """Convert a recording to Ogg Opus. Raises UnreadableSound if it is unreadable, empty or too long."""
    demuxer = detect_format(raw)
    if demuxer is None:
        raise UnreadableSound("sound-kind-unknown")
    buffer = io.BytesIO()
    try:
        with av.open(io.BytesIO(raw), mode="r", format=demuxer, metadata_errors="ignore") as source:
            samples = _encode(source, buffer)
    except FFmpegError as error:
        raise UnreadableSound("sound-unreadable") from error
    if samples < SAMPLE_RATE // 2:
        raise UnreadableSound("sound-empty")
    return Recording(buffer.getvalue(), max(1, round(samples / SAMPLE_RATE)))


def convert_to_aac(opus: bytes) -> bytes:
    """Convert a recording that `convert_to_opus` made to AAC in MP4."""
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(opus), mode="r", format="ogg") as source,
        av.open(buffer, mode="w", format="mp4") as target,
    ):
        stream = target.add_stream("aac", rate=AAC_SAMPLE_RATE)
        stream.layout = "mono"
        stream.bit_rate = AAC_BIT_RATE
        resampler = AudioResampler(format="fltp", layout="mono", rate=AAC_SAMPLE_RATE)
        for frame in source.decode(source.streams.audio[0]):
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        for part in resampler.resample(None):
            target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return buffer.getvalue()


def _encode(source: InputContainer, buffer: io.BytesIO) -> int:
    """Encode the first audio stream; returns the number of samples written."""
    if not source.streams.audio:
        raise UnreadableSound("sound-without-sound")
    if source.duration and source.duration > MAX_SECONDS * av.time_base:
        raise UnreadableSound("sound-too-long")
    samples = 0
    with av.open(buffer, mode="w", format="ogg") as target:
        stream = target.add_stream(
            "libopus", rate=SAMPLE_RATE, options={"application": "voip", "frame_duration": "60", "vbr": "on"}
        )
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        for frame in _resample(source):
            samples += frame.samples
            if samples > MAX_SECONDS * SAMPLE_RATE:
                raise UnreadableSound("sound-too-long")
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return samples


def _resample(source: InputContainer) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    for frame in source.decode(source.streams.audio[0]):
        frame.pts = None  # gaps in a phone recorder's timestamps must not become silence
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
