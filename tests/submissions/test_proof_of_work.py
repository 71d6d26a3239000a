"""Challenges bound to one submission, and solutions that count once, here, and for as long as the challenge says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sync.submissions.proof_of_work import COST, LIFETIME, ProofOfWork
from sync.submissions.submission import Submission, parse_submission
from tests.support.phone_simulator import solve_work
from tests.support.protocol_examples import sample_submission
from tests.support.vectors import read_vectors

pytestmark = pytest.mark.anyio

NOW = 1_795_521_600.0
SUBMISSION = sample_submission()
OTHER = parse_submission(SUBMISSION.text.replace('"oui"', '"non"'))
WORK = ProofOfWork(b"the secret of this node", lambda: NOW, cost=1)


def solved(submission: Submission = SUBMISSION, work: ProofOfWork = WORK) -> dict[str, Any]:
    return solve_work(work.make_challenge(submission, 0))


async def test_a_solution_counts_for_its_submission_alone() -> None:
    work = solved()
    assert await WORK.is_solved(SUBMISSION, work)
    assert await WORK.is_solved(SUBMISSION, json.loads(json.dumps(work))), "as it comes back from the wire"
    assert not await WORK.is_solved(OTHER, work)


async def test_work_of_the_vectors_which_phones_find_too_counts() -> None:
    case = read_vectors("work")
    assert await ProofOfWork(case["secret"].encode(), lambda: case["now"]).is_solved(SUBMISSION, case["work"])


async def test_a_solution_counts_until_its_end_on_every_process_with_the_secret() -> None:
    work = solved()
    for later, secret, is_solved in (
        (LIFETIME, b"the secret of this node", True),
        (LIFETIME + 1, b"the secret of this node", False),
        (0, b"the secret of another", False),
    ):
        assert await ProofOfWork(secret, lambda: NOW + later).is_solved(SUBMISSION, work) is is_solved  # noqa: B023


def spoil(*path: str) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    def changed(work: dict[str, Any], value: Any) -> dict[str, Any]:
        copy: dict[str, Any] = json.loads(json.dumps(work))
        inner = copy
        for name in path[:-1]:
            inner = inner[name]
        if value is KeyError:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
        return copy

    return changed


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("challenge", [None, [], "x", {}, KeyError]),
        ("solution", [None, [], "x", {}, KeyError]),
        ("challenge.signature", ["", "00" * 32, None, 5, "x" * 100_000, KeyError]),
        ("challenge.parameters", [None, [], "x", {}, KeyError]),
        ("challenge.parameters.cost", [0, 2, 10**30, True, "1", 1.0, KeyError]),
        ("challenge.parameters.nonce", ["00" * 16, "zz", 5, "0" * 100_000, KeyError]),
        ("challenge.parameters.salt", ["00" * 16, None, KeyError]),
        ("challenge.parameters.data", [None, [], {}, "x", KeyError]),
        ("challenge.parameters.data.until", [NOW + 10**6, int(NOW) + 10**6, "9", None, True, KeyError]),
        ("solution.counter", [-1, 2**32, 10**400, "1", True, 1.5, None, KeyError]),
        ("solution.derivedKey", ["", "00" * 32, None, 5, "\ud800", KeyError]),
    ],
)
async def test_anything_else_is_no_work_and_no_error(path: str, values: list[Any]) -> None:
    work = solved()
    for value in values:
        assert not await WORK.is_solved(SUBMISSION, spoil(*path.split("."))(work, value)), value
    assert not await WORK.is_solved(SUBMISSION, None)
    assert not await WORK.is_solved(SUBMISSION, {})


async def test_a_key_that_only_claims_its_prefix_is_found_out() -> None:
    challenge = WORK.make_challenge(SUBMISSION, 0)
    right = solve_work(challenge)["solution"]
    for counter in (right["counter"] + 1, right["counter"] + 2):
        work = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": right["derivedKey"]}}
        assert not await WORK.is_solved(SUBMISSION, work)


def test_the_work_doubles_with_the_pressure_up_to_eight_times() -> None:
    work = ProofOfWork(b"x", lambda: NOW)
    costs = [
        work.make_challenge(SUBMISSION, pressure)["parameters"]["cost"] for pressure in (0, 0.24, 0.25, 0.5, 0.8, 1)
    ]
    assert costs == [COST, COST, 2 * COST, 4 * COST, 8 * COST, 8 * COST]
    assert max(costs) <= 32_000, "a phone solves no more (PROTOCOL.md, section 11)"


def test_two_challenges_never_share_a_solution() -> None:
    first, second = (WORK.make_challenge(SUBMISSION, 0)["parameters"] for _ in range(2))
    assert (first["nonce"], first["salt"]) != (second["nonce"], second["salt"])
    assert first["data"] == {"id": SUBMISSION.id, "site": SUBMISSION.site, "until": int(NOW) + LIFETIME}
