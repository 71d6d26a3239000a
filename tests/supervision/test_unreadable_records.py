"""Records set aside: named once in the log for each revision, without what they hold."""

from __future__ import annotations

import pytest

from server.supervision.unreadable_records import MAX_REMEMBERED, UnreadableRecords


def error() -> KeyError:
    return KeyError("Aminata")


def test_a_record_is_named_once_for_each_revision_and_its_words_are_not(caplog: pytest.LogCaptureFixture) -> None:
    unreadable = UnreadableRecords()
    for rev in ("1-a", "1-a", "2-b", "1-a"):
        unreadable.set_aside("device:x", rev, error())
    assert [record.message.partition(" ")[0] for record in caplog.records] == ["device:x"] * 2
    assert "Aminata" not in caplog.text


def test_memory_stays_bounded(caplog: pytest.LogCaptureFixture) -> None:
    unreadable = UnreadableRecords()
    for number in range(MAX_REMEMBERED + 1):
        unreadable.set_aside(f"device:{number}", "1-a", error())
    caplog.clear()
    unreadable.set_aside(f"device:{MAX_REMEMBERED}", "1-a", error())
    assert caplog.records == []
    unreadable.set_aside("device:0", "1-a", error())
    assert len(caplog.records) == 1
