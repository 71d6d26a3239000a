"""Alert files for `kunnafoni alert send`: one alert in YAML, with errors reported by line."""

from __future__ import annotations

from dataclasses import dataclass

from sync.alerts.alert import ALERT_SCHEMA, Alert
from sync.documents import yaml_tree
from sync.documents.field_types import ErrorReport
from sync.documents.text_decoding import decode_text
from sync.documents.yaml_tree import MappingNode, YamlNode
from sync.errors import BadFolder

MAX_FILE_BYTES = 64 * 1024  # sixteen languages with the longest text that fits a push message
_SET_BY_SENDING = ("sent", "over")


@dataclass(frozen=True, slots=True)
class AlertFile:
    """An alert read from a file. `node`: its YAML tree, for the lines of errors found by `check`."""

    alert: Alert
    node: YamlNode


def read_alert(raw: bytes, path: str) -> AlertFile:
    """Read an alert file. Raises BadFolder with all its errors."""
    node = yaml_tree.parse(decode_text(raw, path, MAX_FILE_BYTES), path)
    report = ErrorReport(path)
    for name in _SET_BY_SENDING:
        if isinstance(node, MappingNode) and name in node.entries:
            report.add(node.entries[name].line, "field-unknown", "Le champ « {name} » n’existe pas ici.", name=name)
    alert = ALERT_SCHEMA.read("alert", node, report)
    if report.errors or alert is None:
        raise BadFolder(report.errors)
    return AlertFile(alert, node)
