"""Counts of refusals: one entry an hour for each kind, nothing lost, bounded kinds."""

from __future__ import annotations

from server.accounts.refusal_counts import MAX_KINDS, WRITE_INTERVAL, RefusalCount, RefusalCounts, RefusalKind

SIGN_IN = RefusalKind("", "sign-in", "sign-in-refused")
ORIGIN = RefusalKind("", "console", "origin-other")


def test_one_kind_is_due_once_an_hour() -> None:
    now = 0.0
    counts = RefusalCounts(lambda: now)
    counts.add(SIGN_IN, "10:00")
    assert counts.take_due() == [RefusalCount(SIGN_IN, 1, "10:00")]
    for minute in range(59):
        now = 60.0 * minute
        counts.add(SIGN_IN, f"10:{minute:02}")
        assert counts.take_due() == []
    counts.add(ORIGIN, "10:59")
    assert counts.take_due() == [RefusalCount(ORIGIN, 1, "10:59")]
    now = WRITE_INTERVAL
    assert counts.take_due() == [RefusalCount(SIGN_IN, 59, "10:00")]


def test_what_could_not_be_written_is_due_again() -> None:
    counts = RefusalCounts(lambda: 0.0)
    counts.add(SIGN_IN, "10:00")
    counts.restore(counts.take_due())
    counts.add(SIGN_IN, "10:01")
    assert counts.take_due() == [RefusalCount(SIGN_IN, 2, "10:00")]


def test_the_end_of_the_process_writes_all() -> None:
    counts = RefusalCounts(lambda: 0.0)
    for _ in range(3):
        counts.add(SIGN_IN, "10:00")
        counts.take_due()
    assert counts.take_all() == [RefusalCount(SIGN_IN, 2, "10:00")]
    assert counts.take_all() == []


def test_many_kinds_become_one() -> None:
    counts = RefusalCounts(lambda: 0.0)
    for number in range(2 * MAX_KINDS):
        counts.add(RefusalKind(f"awa{number}", "/console/", "role-forbidden"), "10:00")
    due = counts.take_due()
    assert len(due) == MAX_KINDS + 1
    assert due[-1] == RefusalCount(RefusalKind("", "", "role-forbidden"), MAX_KINDS, "10:00")
