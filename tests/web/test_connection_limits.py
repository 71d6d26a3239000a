"""The number of connections follows from the descriptors that the process may open."""

from __future__ import annotations

import resource

import pytest

from server.web.connection_limits import ConnectionLimits, most_connections, raise_descriptor_limit

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "connections"), [(1024, 960), (100_000, 2_000), (UNLIMITED, 2_000), (128, 64), (64, 8), (16, 8)]
)
def test_descriptors_are_left_for_the_store(soft: int, connections: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, UNLIMITED))
    assert most_connections(ConnectionLimits()) == connections


def test_an_operators_smaller_number_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert most_connections(ConnectionLimits(connections=5)) == 5


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        (1024, 524_288, [(4096, 524_288)]),
        (1024, 2048, [(2048, 2048)]),
        (1024, UNLIMITED, [(4096, UNLIMITED)]),
        (8192, 524_288, []),
        (UNLIMITED, UNLIMITED, []),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_needed_and_allowed(
    soft: int, hard: int, raised: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: calls.append(limits))
    raise_descriptor_limit()
    assert calls == raised
