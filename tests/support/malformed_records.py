"""Bodies that no honest node writes, for each kind of record that replication brings. For tests of their readers."""

from __future__ import annotations

from typing import Any

ID = "H" * 42 + "E"  # a submission's id that no text has
JUNK: tuple[Any, ...] = (
    None,
    True,
    5,
    -1,
    2**53 - 1,
    1.5,
    "",
    "junk",
    "x" * 100_000,
    [],
    [[[]]],
    {},
    {"a": {"b": [{}]}},
)
FIELDS = {
    "submission": ("text", "signature"),
    "received": ("day", "road"),
    "receipt": ("date", "epoch", "signature"),
    "answer": ("text", "lang", "date"),
    "handling": ("state", "who"),
    "note": ("text", "who", "when"),
    "erased": ("day", "why"),
    "file": ("bytes", "whole"),
    "piece": ("data",),
    "withdrawal": ("secret", "day"),
    "hub": ("when", "contact", "channels", "roads"),
}


def record_id(kind: str, id: str, number: int) -> str:
    """A record id of this kind that belongs to the submission `id`; equal for all numbers where there is one record."""
    return {
        "submission": f"submission:{number:06}:{id}",
        "received": f"received:{id}:relais-{number}",
        "note": f"note:{id}:20261124T120000:{number:08}",
        "piece": f"piece:{id}:{number % 1000:03}",
        "hub": f"hub:relais-{number}",
    }.get(kind, f"{kind}:{id}")


def malformed_bodies(kind: str) -> list[dict[str, Any]]:
    """No field at all, each field alone as junk, and all of them as the same junk."""
    fields = FIELDS[kind]
    return [
        {},
        {"x": 1},
        *({field: junk} for field in fields for junk in JUNK),
        *(dict.fromkeys(fields, junk) for junk in JUNK),
    ]
