"""Exports without tables: NDJSON, a line for each submission exactly as sent, and GeoJSON, a feature for each place.

Used by sync/submissions/export.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sync.forms.question_types import CellValue
from sync.submissions.submission_reader import ReadSubmission
from sync.submissions.tables import answer_levels, is_repeat


class NdjsonExport:
    suffix = "ndjson"

    def start(self) -> bytes:
        return b""

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        return "".join(f"{_compact_json(_as_json(entry))}\n" for entry in entries).encode()

    def finish(self) -> Iterator[bytes]:
        yield from ()

    def close(self) -> None:
        pass


class GeojsonExport:
    """A FeatureCollection (RFC 7946). Properties are the submission and the answers beside the place."""

    suffix = "geojson"

    def __init__(self) -> None:
        self._separator = ""

    def start(self) -> bytes:
        return b'{"type":"FeatureCollection","features":['

    def add(self, entries: Sequence[ReadSubmission]) -> bytes:
        parts: list[str] = []
        for entry in entries:
            for feature in _features(entry):
                parts += (self._separator, _compact_json(feature))
                self._separator = ",\n"
        return "".join(parts).encode()

    def finish(self) -> Iterator[bytes]:
        yield b"]}\n"

    def close(self) -> None:
        pass


def _compact_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_json(entry: ReadSubmission) -> dict[str, Any]:
    submission = entry.submission
    return {
        "code": submission.code,
        "id": submission.id,
        "form": submission.form,
        "version": submission.version,
        "day": submission.day,
        "received": entry.received_on,
        "place": submission.place,
        "lang": submission.lang,
        "device": entry.device,
        "doubt": entry.warning,
        "sealed": submission.sealed is not None,
        "answers": entry.answers,
        "files": [[file.digest, file.bytes, file.type] for file in submission.files],
    }


def _features(entry: ReadSubmission) -> Iterator[dict[str, Any]]:
    for name, numbers, geometry, answers in _places(entry):
        yield {
            "type": "Feature",
            "geometry": geometry,
            "properties": {
                "code": entry.submission.code,
                "day": entry.submission.day,
                "place": entry.submission.place,
                "question": name,
                "instance": "/".join(map(str, numbers)),
                **{key: value for key, value in answers.items() if not is_repeat(value)},
            },
        }


def _places(
    entry: ReadSubmission,
) -> Iterator[tuple[str, Sequence[CellValue], dict[str, Any], Mapping[str, Any]]]:
    for _, numbers, answers in answer_levels(entry.form, entry.answers or {}):
        for name, value in answers.items():
            item = entry.form.items.get(name)
            if item and item.kind in _GEOMETRIES and isinstance(value, str):
                yield name, numbers, _geometry(item.kind, value), answers


_GEOMETRIES = {"geopoint": "Point", "geotrace": "LineString", "geoshape": "Polygon"}


def _geometry(kind: str, text: str) -> dict[str, Any]:
    """The geometry of `LATITUDE LONGITUDE`, or of several of these behind `;`."""
    positions = [_position(point) for point in text.split(";")]
    if len(positions) == 1:
        return {"type": "Point", "coordinates": positions[0]}
    if kind == "geoshape":
        is_clockwise = _doubled_area(positions) < 0
        return {"type": "Polygon", "coordinates": [positions[::-1] if is_clockwise else positions]}
    return {"type": _GEOMETRIES[kind], "coordinates": positions}


def _position(text: str) -> list[float]:
    latitude, longitude = map(float, text.split(" "))
    return [longitude, latitude]


def _doubled_area(ring: Sequence[Sequence[float]]) -> float:
    """Twice the area that a closed ring encloses, negative if it goes clockwise: RFC 7946 wants the other way."""
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring))
