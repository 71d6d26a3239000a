"""Names that are stored, served, typed or remembered elsewhere do not change by a renaming in the code.

A failure names what went and what came. If a change is meant: give what lies on disks and phones a way over, then
`python -m tests.names`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.names.frozen import frozen_names, name_differences
from tests.names.stored import stored_names
from tests.names.written import written_names


def test_names_written_in_the_sources_are_the_frozen_ones() -> None:
    assert_frozen(written_names())


def test_names_of_what_is_stored_are_the_frozen_ones(tmp_path: Path) -> None:
    assert_frozen(stored_names(tmp_path))


def test_every_frozen_name_is_looked_for() -> None:
    stored = {"sqlite", "records", "couchdb", "indexeddb", "key folder"}
    assert set(frozen_names()) == stored | set(written_names())


def assert_frozen(now: dict[str, Any]) -> None:
    changes = list(name_differences({name: value for name, value in frozen_names().items() if name in now}, now))
    assert not changes, "\n".join(changes)
