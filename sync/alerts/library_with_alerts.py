"""All documents of a site, including its alerts."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.alerts.alert import Alert
from sync.documents.library import DocumentLibrary


@dataclass(frozen=True, slots=True)
class Library(DocumentLibrary):
    """The documents of a site, and all alerts ever sent, by slug."""

    alerts: dict[str, Alert] = field(default_factory=dict)
