"""The frozen list, and its differences from the current names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.support.repository import ROOT

NAMES_FILE = ROOT / "tests/vectors/outside-names.json"
ELSEWHERE = {
    "wire": "JSON fields, statements and refusals of the wire: the other files of tests/vectors, and sync/PROTOCOL.md",
    "content": "fields of content files: tests/documents, content/README.md",
    "alerts": "CAP's own fields: tests/alerts/test_cap.py",
}


def frozen_names() -> dict[str, Any]:
    names: dict[str, Any] = json.loads(NAMES_FILE.read_text("utf-8"))
    return {name: value for name, value in names.items() if name != "elsewhere"}


def write_frozen_names(names: dict[str, Any]) -> None:
    NAMES_FILE.write_text(
        json.dumps({"elsewhere": ELSEWHERE, **names}, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )


def name_differences(before: Any, now: Any, at: str = "") -> Iterator[str]:
    """One line for each difference, such as `records people/account fields: totp is gone`."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted({*before, *now}):
            place = f"{at} {key}".strip()
            if key not in now or key not in before:
                yield f"{place} {'is new' if key in now else 'is gone'}"
            else:
                yield from name_differences(before[key], now[key], place)
    elif isinstance(before, list) and isinstance(now, list):
        yield from (f"{at}: {item} is gone" for item in before if item not in now)
        yield from (f"{at}: {item} is new" for item in now if item not in before)
    elif before != now:
        yield f"{at}: {before} became {now}"
