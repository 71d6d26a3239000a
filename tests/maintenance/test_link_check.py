"""A round of the pages of sources says which answer, which moved and which are gone, one at a time for a site."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.alerts.remote_documents import RemoteDocuments
from server.maintenance.link_check import PAUSE, check_links
from tests.support.foreign_feed import HOST, ForeignServer, foreign_server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[ForeignServer]:
    async with foreign_server() as running:
        running.documents |= {
            "/here": b"x" * 5_000_000,
            "/slash": "/slash/",
            "/slash/": b"x",
            "/old": "/new",
            "/new": b"x",
            "/closed": "/",
            "/": b"front page",
            "/forbidden": 403,
            "/broken": 503,
        }
        yield running


def documents(server: ForeignServer) -> RemoteDocuments:
    return RemoteDocuments(lambda ip: ip == HOST, frozenset({server.port}))


async def test_each_page_is_asked_once_with_a_pause_between_two(server: ForeignServer) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    pages = ("/here", "/slash", "/old", "/closed", "/missing", "/forbidden", "/broken", "/here")
    answers = await check_links(map(server.address, pages), documents(server), sleep)
    assert [(answer.address.removeprefix(server.address("")), answer.state) for answer in answers] == [
        ("/here", "answers"),
        ("/slash", "answers"),
        ("/old", "moved"),
        ("/closed", "gone"),
        ("/missing", "gone"),
        ("/forbidden", "refused"),
        ("/broken", "silent"),
    ]
    assert answers[2].target == server.address("/new")
    assert pauses == [PAUSE] * 6
    assert [path for path, status in server.asked if path == "/here" and status == 200] == ["/here"]


async def test_an_address_that_is_none_is_said_and_ends_no_round(server: ForeignServer) -> None:
    answers = await check_links(["https://[cil.bf/loi", server.address("/here")], documents(server))
    assert [(one.state, one.reason.code if one.reason else "") for one in answers] == [
        ("refused", "address-form"),
        ("answers", ""),
    ]


async def test_no_address_of_a_private_network_is_asked(server: ForeignServer) -> None:
    (answer,) = await check_links([server.address("/here")], RemoteDocuments(ports=frozenset({server.port})))
    assert (answer.state, server.asked) == ("refused", [])
    assert answer.reason
    assert answer.reason.code == "address-private"
