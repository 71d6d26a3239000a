"""Record ids: every process keeps the id of a known submission, and of two ids all keep the same."""

from __future__ import annotations

from itertools import count

from sync.submissions.record_ids import RUN_LENGTH, RecordIds, submission_id_of


def numbered() -> RecordIds:
    numbers = count(1)
    return RecordIds(lambda: f"{next(numbers):06}")


def test_those_that_come_one_after_another_share_a_run() -> None:
    names = numbered()
    assigned = [names.assign(f"id{n}") for n in range(RUN_LENGTH + 1)]
    assert assigned[0] == "submission:000001:id0"
    assert {name.rpartition(":")[0] for name in assigned[:RUN_LENGTH]} == {"submission:000001"}
    assert assigned[RUN_LENGTH] == f"submission:000002:id{RUN_LENGTH}"
    assert [names.assign(f"id{n}") for n in range(RUN_LENGTH + 1)] == assigned


def test_a_runs_name_is_random() -> None:
    assert len({RecordIds().assign("a") for _ in range(50)}) == 50


def test_what_the_store_holds_keeps_its_name() -> None:
    names = numbered()
    assert names.find("a") is None
    assert names.learn(["submission:0abcde:a", "received:a:hq", "erased:b", "answer:a"]) == {}
    assert names.find("a") == names.assign("a") == "submission:0abcde:a"
    assert names.find("b") is None


def test_everyone_keeps_the_same_of_two_names_in_whatever_order_they_are_heard() -> None:
    first, second = "submission:000001:a", "submission:000002:a"
    for order in ([first, second], [second, first]):
        names = RecordIds()
        assert names.learn(order) == {second: first}
        assert names.find("a") == first
        assert names.learn([second]) == {second: first}  # an old replica brings it back
        assert names.learn([first]) == {}


def test_a_record_from_before_there_were_runs_keeps_its_name() -> None:
    names = numbered()
    names.learn(["submission:a"])
    assert names.assign("a") == "submission:a"
    assert names.learn(["submission:000009:a"]) == {"submission:000009:a": "submission:a"}


def test_what_a_record_is_about() -> None:
    for name in ("submission:000001:a", "submission:a", "received:a:hq", "answer:a", "note:a:2026"):
        assert submission_id_of(name) == "a"
