"""Documents of others: conditional, limited, and never from a private network, redirects included."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.alerts.remote_documents import RemoteDocuments, split_address
from sync.errors import KunnafoniError, NotFound, Refused, TooLarge, Unavailable
from tests.support.foreign_feed import HOST, ForeignServer, foreign_server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[ForeignServer]:
    async with foreign_server() as running:
        yield running


def documents(server: ForeignServer) -> RemoteDocuments:
    return RemoteDocuments(lambda ip: ip == HOST, frozenset({server.port}))


async def code_of(server: ForeignServer, address: str, max_bytes: int = 1000) -> str:
    with pytest.raises(KunnafoniError) as caught:
        await documents(server).fetch(address, max_bytes)
    return caught.value.code


async def test_a_document_is_asked_for_anew_only_if_it_changed(server: ForeignServer) -> None:
    server.documents["/a"] = b"one"
    first = await documents(server).fetch(server.address("/a"), 1000)
    assert first and first.data == b"one"
    assert await documents(server).fetch(server.address("/a"), 1000, first.etag, first.modified) is None
    server.documents["/a"] = b"two"
    second = await documents(server).fetch(server.address("/a"), 1000, first.etag)
    assert second and second.data == b"two"
    assert server.asked == [("/a", 200), ("/a", 304), ("/a", 200)]


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/a",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[fd00::1]/",
        "http://127.0.0.2/",
        "http://2130706434/",
        "http://0x7f000002/",
    ],
)
async def test_no_redirect_leads_into_a_private_network(server: ForeignServer, target: str) -> None:
    server.documents["/a"] = target
    assert await code_of(server, server.address("/a")) == "address-private"
    assert await code_of(server, target) == "address-private"
    assert server.asked == [("/a", 302)]


async def test_by_default_this_machine_is_private() -> None:
    with pytest.raises(Refused) as caught:
        await RemoteDocuments().fetch("http://localhost/", 1000)
    assert caught.value.code == "address-private"


async def test_redirects_end_and_do_not_change_scheme_or_port(server: ForeignServer) -> None:
    server.documents |= {"/a": "/b", "/b": b"here", "/round": "/round", "/file": "file:///etc/passwd"}
    found = await documents(server).fetch(server.address("/a"), 1000)
    assert found and (found.data, found.address) == (b"here", server.address("/b"))
    assert await code_of(server, server.address("/round")) == "address-redirects"
    assert await code_of(server, server.address("/file")) == "address-form"
    for target in ("http://[", "//[::1", f"http://{HOST}]/", f"http://{HOST}:99999/"):
        server.documents["/none"] = target
        assert await code_of(server, server.address("/none")) == "address-form", target
    server.documents["/port"] = f"http://{HOST}:22/"
    assert await code_of(server, server.address("/port")) == "address-port"


async def test_a_name_is_looked_up_once_and_the_judged_address_is_asked(
    server: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []

    async def look_up(host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        ip = HOST if len(lookups) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (ip, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    server.documents["/a"] = b"here"
    address = f"http://meteo.exemple:{server.port}/a"
    found = await documents(server).fetch(address, 1000)
    assert found and found.data == b"here"
    assert lookups == ["meteo.exemple"]
    assert await code_of(server, address) == "address-private"  # the name leads elsewhere now


async def test_what_is_too_large_is_not_read_to_its_end(server: ForeignServer) -> None:
    server.documents["/a"] = b"x" * 1001
    with pytest.raises(TooLarge):
        await documents(server).fetch(server.address("/a"), 1000)
    found = await documents(server).fetch(server.address("/a"), 1001)
    assert found and len(found.data) == 1001


async def test_refusals_and_failures_differ(server: ForeignServer) -> None:
    server.documents |= {"/refused": 403, "/broken": 503, "/busy": 429}
    for path, kind in (("/missing", NotFound), ("/refused", Refused), ("/broken", Unavailable), ("/busy", Unavailable)):
        with pytest.raises(kind):
            await documents(server).fetch(server.address(path), 1000)
    nobody = ForeignServer(port=1)
    with pytest.raises(Unavailable):
        await documents(nobody).fetch(nobody.address("/"), 1000)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "meteo.exemple",
        "ftp://a/b",
        "file:///etc/passwd",
        "https://",
        "https://a:b@c/",
        "http://a:99999/",
        "http://[/",
        "https://a/\nb",
        "https://a/ b",
        "https://a/" + "x" * 1000,
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        split_address(address)
