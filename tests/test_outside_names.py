"""No name that lives outside the code changes by renaming something inside: what is stored, served, typed or remembered elsewhere.

A failure names what went and what came. If a change is meant: give what lies on disks and phones a way over, then `python -m tests.names`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.names.frozen import differences, frozen
from tests.names.stored import lived
from tests.names.written import program, written


def test_names_written_in_the_sources_are_the_frozen_ones() -> None:
    assert_frozen(written())


def test_names_of_what_is_stored_are_the_frozen_ones(tmp_path: Path) -> None:
    assert_frozen(lived(tmp_path, program()))


def test_every_frozen_name_is_looked_for() -> None:
    stored = {"sqlite", "records", "couchdb", "indexeddb", "key folder"}
    assert set(frozen()) == stored | set(written())


def assert_frozen(now: dict[str, Any]) -> None:
    changes = list(differences({name: value for name, value in frozen().items() if name in now}, now))
    assert not changes, "\n".join(changes)
