"""Bodies about push: JSON objects that can be kept; the rest is malformed, at each address that reads one."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.push.subscriptions import MAX_BODY_BYTES
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio

READERS = (
    ("DELETE", "/push/subscriptions"),
    ("POST", "/push/subscriptions"),
    ("POST", "/push/test"),
    ("POST", "/push/shown"),
)
BODIES = (
    b'{"endpoint":"\\ud800"}',
    b'{"endpoint":"\xed\xa0\x80"}',
    '{"endpoint":"a"}'.encode("utf-16"),
    b'{"endpoint":' + b"9" * 3000 + b".0e999}",
    b"[" * MAX_BODY_BYTES,
    b"{" + b" " * MAX_BODY_BYTES + b"}",
    b"[]",
    b"",
)


async def test_a_body_that_cannot_be_kept_is_malformed_everywhere(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        for method, path in READERS:
            for body in BODIES:
                answer = await site.client.request(method, path, content=body)
                assert (answer.status_code, answer.json()["code"]) == (400, "push-malformed"), (path, body[:40])
