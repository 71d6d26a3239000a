"""Sound conversion for cheap phones: any common format to mono Ogg Opus at about 16 kbit/s (two minutes: 240 kB).

A second file, AAC in MP4 at about 32 kbit/s, is for phones that cannot play Opus in Ogg.

Runs in the subprocess of `convert.py`, because uploads are untrusted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

SAMPLE_RATE = 48_000  # samples per second, the time base of Opus
BIT_RATE = 16_000  # bits per second
AAC_SAMPLE_RATE = 24_000  # samples per second
AAC_BIT_RATE = 32_000  # bits per second: the plain profile, which every phone plays, needs twice as many
VOICE_BIT_RATE = 12_000  # bits per second of a guide spoken passage by passage: it is downloaded with nine others
PAUSE = 0.4  # seconds of silence before a passage, at least: each begins at a whole second
MAX_SECONDS = 15 * 60  # seconds, 1.8 MB: more than most people will pay for


class UnreadableSound(Exception):
    """The sound is damaged or of an unsupported format; the text is an error code."""


@dataclass(frozen=True, slots=True)
class Recording:
    """`starts`: the second at which each passage begins, of a recording that was joined."""

    data: bytes
    seconds: int
    starts: tuple[int, ...] = ()


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


def join_to_opus(passages: Sequence[bytes]) -> Recording:
    """Join passages that were recorded one by one to one Ogg Opus. Raises UnreadableSound as `convert_to_opus`."""
    buffer, starts, samples = io.BytesIO(), [], 0
    try:
        with av.open(buffer, mode="w", format="ogg") as target:
            stream = _add_opus(target, VOICE_BIT_RATE)
            for raw in passages:
                silence = _silence_before(samples)
                samples += silence
                starts.append(samples // SAMPLE_RATE)
                spoken = 0
                for frame in (*_silent_frames(silence), *_decoded(raw)):
                    spoken += frame.samples
                    target.mux(stream.encode(frame))
                spoken -= silence
                if spoken < SAMPLE_RATE // 4:
                    raise UnreadableSound("sound-empty")
                samples += spoken
                if samples > MAX_SECONDS * SAMPLE_RATE:
                    raise UnreadableSound("sound-too-long")
            target.mux(stream.encode(None))
    except FFmpegError as error:
        raise UnreadableSound("sound-unreadable") from error
    return Recording(buffer.getvalue(), max(1, round(samples / SAMPLE_RATE)), tuple(starts))


def _silence_before(samples: int) -> int:
    """Samples of silence after so many, so that the next passage begins at a whole second."""
    if not samples:
        return 0
    return -(samples + round(PAUSE * SAMPLE_RATE)) % SAMPLE_RATE + round(PAUSE * SAMPLE_RATE)


def _silent_frames(samples: int) -> Iterator[AudioFrame]:
    step = SAMPLE_RATE // 10
    for start in range(0, samples, step):
        frame = AudioFrame(format="s16", layout="mono", samples=min(step, samples - start))
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = SAMPLE_RATE
        yield frame


def _decoded(raw: bytes) -> list[AudioFrame]:
    """The frames of one passage, at the sample rate of Opus."""
    demuxer = detect_format(raw)
    if demuxer is None:
        raise UnreadableSound("sound-kind-unknown")
    with av.open(io.BytesIO(raw), mode="r", format=demuxer, metadata_errors="ignore") as source:
        if not source.streams.audio:
            raise UnreadableSound("sound-without-sound")
        frames, samples = [], 0
        for frame in _resample(source):
            samples += frame.samples
            if samples > MAX_SECONDS * SAMPLE_RATE:
                raise UnreadableSound("sound-too-long")
            frames.append(frame)
        return frames


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
        stream = _add_opus(target, BIT_RATE)
        for frame in _resample(source):
            samples += frame.samples
            if samples > MAX_SECONDS * SAMPLE_RATE:
                raise UnreadableSound("sound-too-long")
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return samples


def _add_opus(target: OutputContainer, bit_rate: int) -> AudioStream:
    stream = target.add_stream(
        "libopus", rate=SAMPLE_RATE, options={"application": "voip", "frame_duration": "60", "vbr": "on"}
    )
    stream.layout = "mono"
    stream.bit_rate = bit_rate
    return stream


def _resample(source: InputContainer) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    for frame in source.decode(source.streams.audio[0]):
        frame.pts = None  # gaps in a phone recorder's timestamps must not become silence
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
