"""Moments of alerts: read from what authors write, kept as `YYYY-MM-DDThh:mm:ssZ`, written as CAP wants them."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any

from sync.documents.field_types import ErrorReport
from sync.documents.yaml_tree import ScalarNode, YamlNode

_PATTERN = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(Z|[+-]\d{2}:\d{2})")
_HINT = (
    "Écrivez le jour, l’heure et le décalage : 2026-11-24T18:00Z au Mali, 2026-11-24T18:00+01:00 au Niger et au Tchad."
)


def format_timestamp(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(timestamp: str) -> datetime.datetime:
    return datetime.datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)


def utc_seconds(timestamp: str) -> int:
    """UTC seconds, as in a phone's payload."""
    return int(parse_timestamp(timestamp).timestamp())


def cap_timestamp(timestamp: str) -> str:
    """CAP 1.2 wants an offset and no Z."""
    return timestamp.removesuffix("Z") + "+00:00"


@dataclasses.dataclass(frozen=True, slots=True)
class Timestamp:
    """A day, a time and the offset from UTC: an hour without it is another hour in the next country."""

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> str:
        text = node.text.strip() if isinstance(node, ScalarNode) else ""
        if isinstance(node, ScalarNode) and node.is_empty:
            return ""
        found = _PATTERN.fullmatch(text)
        try:
            if found:
                day, time, second, offset = found.groups()
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
