"""All documents of a site, its alerts among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.alerts.alert import Alert
from sync.documents.library import DocumentLibrary


@dataclass(frozen=True, slots=True)
class Library(DocumentLibrary):
    """The documents, and by slug all alerts that were ever sent."""

    alerts: dict[str, Alert] = field(default_factory=dict)
