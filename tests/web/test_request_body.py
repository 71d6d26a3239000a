"""Bodies: read within a limit, JSON in UTF-8 alone, a client that leaves is no fault of the server."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive

from server.web.request_body import read_body, read_json
from sync.errors import BadRequest, TooLarge

pytestmark = pytest.mark.anyio


def malformed() -> BadRequest:
    return BadRequest("test-malformed", "Illisible.")


def too_large() -> BadRequest:
    return TooLarge("test-large", "Trop grand.")


def receive_of(*chunks: bytes, leaves: bool = False) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""})
    remaining: Iterable[Message] = iter(messages)

    async def receive() -> Message:
        return next(iter(remaining))

    return receive


async def test_chunks_are_joined_up_to_the_limit_exactly() -> None:
    assert await read_body(receive_of(b"ab", b"", b"cd"), 4, too_large) == b"abcd"
    with pytest.raises(TooLarge, match="test-large"):
        await read_body(receive_of(b"ab", b"cde"), 4, too_large)


async def test_a_client_that_leaves_is_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="inbox-cut"):
        await read_body(receive_of(b"ab", leaves=True), 4, too_large)


@pytest.mark.parametrize("body", [b'{"a":"\\ud800"}', b"\xff\xfe1\x00", b"{", b"[" * 10_000, b"1" * 5000])
async def test_json_that_cannot_be_kept_is_malformed(body: bytes) -> None:
    with pytest.raises(BadRequest, match="test-malformed"):
        await read_json(receive_of(body), 20_000, malformed)


async def test_a_body_over_the_limit_is_malformed_or_what_the_view_says() -> None:
    with pytest.raises(BadRequest, match="test-malformed"):
        await read_json(receive_of(b"[1,2]"), 4, malformed)
    with pytest.raises(TooLarge, match="test-large"):
        await read_json(receive_of(b"[1,2]"), 4, malformed, too_large)
    assert await read_json(receive_of(b"[1,", b"2]"), 5, malformed) == [1, 2]
