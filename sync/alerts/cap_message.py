"""A message of the Common Alerting Protocol as another organisation wrote it: all its fields, under their own limits.

`cap_reader.py` makes it; `cap_draft.py` proposes an alert from it; `cap.py` hands on what this site does not show.
"""

from __future__ import annotations

from dataclasses import dataclass

Reference = tuple[str, str]  # sender and identifier of another message


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A code or parameter: the name of its register, and its value there."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CapArea:
    """`polygons`, `circles`: as written; sync/alerts/area_overlap.py reads them."""

    description: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[NamedValue, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True, slots=True)
class CapResource:
    """A file that belongs to the message, by its address. What a message carries inside itself is not kept."""

    description: str
    mime_type: str = ""
    size: str = ""
    uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class CapInfo:
    """One block of a message. `language`: "" if the message does not say. Times are those of `timestamps.py`."""

    language: str
    category: tuple[str, ...]
    event: str
    response_type: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    audience: str
    event_code: tuple[NamedValue, ...]
    effective: str
    onset: str
    expires: str
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str
    contact: str
    parameter: tuple[NamedValue, ...]
    resource: tuple[CapResource, ...]
    area: tuple[CapArea, ...]

    @property
    def lang(self) -> str:
        """The language without its country: "fr" for "fr-CA"; "" if the message does not say."""
        return self.language.replace("_", "-").partition("-")[0].lower()


@dataclass(frozen=True, slots=True)
class CapMessage:
    """A message. `references`: earlier messages that it names."""

    identifier: str
    sender: str
    sent: str
    status: str
    msg_type: str
    source: str
    code: tuple[str, ...]
    note: str
    references: tuple[Reference, ...]
    incidents: str
    info: tuple[CapInfo, ...]

    @property
    def reference(self) -> Reference:
        return self.sender, self.identifier

    @property
    def expires(self) -> str:
        """The end of the last block that ends; "" if one of them has no end."""
        ends = [info.expires for info in self.info]
        return max(ends) if ends and all(ends) else ""

    @property
    def sender_name(self) -> str:
        """The name of the sender for people, or else its identifier."""
        return next((info.sender_name for info in self.info if info.sender_name), self.sender)
