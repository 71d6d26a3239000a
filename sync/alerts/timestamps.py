"""Timestamps of alerts: read as authors write them, stored as `YYYY-MM-DDThh:mm:ssZ`, formatted for CAP."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any

from sync.documents.field_types import ErrorReport
from sync.documents.yaml_tree import ScalarNode, YamlNode

_PATTERN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})")
_HINT = (
    "Écrivez le jour, l’heure et le décalage : 2026-11-24T18:00Z au Mali, 2026-11-24T18:00+01:00 au Niger et au Tchad."
)


def format_timestamp(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def parse_timestamp(timestamp: str) -> datetime.datetime:
    return datetime.datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)


def is_between(timestamp: str, first: datetime.datetime, last: datetime.datetime) -> bool:
    """True for a timestamp after `first` and before `last`; False also for a text that is none."""
    try:
        return first < parse_timestamp(timestamp) < last
    except ValueError:
        return False


def utc_seconds(timestamp: str) -> int:
    """A timestamp in UTC seconds, as in push payloads."""
    return int(parse_timestamp(timestamp).timestamp())


def cap_timestamp(timestamp: str) -> str:
    """A timestamp in CAP 1.2's format, which requires an offset instead of Z."""
    return timestamp.removesuffix("Z") + "+00:00"


@dataclasses.dataclass(frozen=True, slots=True)
class Timestamp:
    """Field type: date, time and offset from UTC. The offset is required because countries' time zones differ."""

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> str:
        text = node.text.strip() if isinstance(node, ScalarNode) else ""
        if isinstance(node, ScalarNode) and node.is_empty:
            return ""
        match = _PATTERN.fullmatch(text)
        try:
            if match:
                day, time, second, offset = match.groups()
                return format_timestamp(
                    datetime.datetime.fromisoformat(f"{day}T{time}{second or ':00'}{offset.replace('Z', '+00:00')}")
                )
        except (ValueError, OverflowError):
            pass
        report.add(
            node.line, "moment-form", "« {name} » n’est pas un moment : « {text} ».", _HINT, name=name, text=text[:60]
        )
        return ""

    def to_json(self, value: Any) -> Any:
        return value
