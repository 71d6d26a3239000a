"""Posted forms: UTF-8 alone, whatever the client names; bodies that lie or break are bad requests, never faults."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.types import Message

from server.console.access import FORM_LIMIT
from server.console.posted_form import FormTooLarge, read_form
from sync.errors import BadRequest, Refused
from tests.support.console_client import ConsoleSite

pytestmark = pytest.mark.anyio

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
OTHER_CODECS = (
    *("punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "utf-16", "utf-7", "utf-8-sig"),
    *("latin-1", "ascii", "rot13", "zlib", "hex", "no-such-codec", "", "utf-8x", "é"),
)


def part(name: str, value: bytes, *headers: str) -> bytes:
    lines = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return b"--x\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + value + b"\r\n"


def body_of(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--x--\r\n"


async def read(content_type: str, body: bytes, *, leaves: bool = False) -> list[tuple[str, str]]:
    """The fields of a form that arrives in chunks; `leaves`: the client disconnects before the end."""
    chunks = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b""})
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    headers = [(b"content-type", content_type.encode("latin-1"))]
    form = await read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive), FORM_LIMIT)
    items = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    await form.close()
    return items


async def refused(content_type: str, body: bytes, *, leaves: bool = False) -> str:
    with pytest.raises(Refused) as refusal:
        await read(content_type, body, leaves=leaves)
    return refusal.value.code


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8", '; Charset="utf-8"', ";charset=utf8"])
async def test_forms_in_utf_8_are_read(charset: str) -> None:
    assert await read(URLENCODED + charset, b"a=%C9%9B+b&a=2") == [("a", "ɛ b"), ("a", "2")]
    assert await read(MULTIPART + charset, body_of(part("a", "ɛ b".encode()), part("a", b"2"))) == [
        ("a", "ɛ b"),
        ("a", "2"),
    ]


@pytest.mark.parametrize("codec", OTHER_CODECS)
async def test_a_client_chooses_no_codec(codec: str) -> None:
    body = body_of(part("name", b"a"))
    for name in ("charset", "CHARSET", "charset*", "charset*0"):
        for content_type in (f"{MULTIPART}; {name}={codec}", f'{MULTIPART}; {name}="{codec}"; charset=utf-8'):
            assert await refused(content_type, body) == "form-charset", content_type
    assert await refused(f"{URLENCODED}; charset={codec}", b"a=b") == "form-charset"
    assert await refused(MULTIPART, body_of(part("a", b"b", f"Content-Type: text/plain; charset={codec}"))) == (
        "form-unreadable"
    )


async def test_the_form_that_stopped_the_server_is_refused_before_it_is_parsed(console_site: ConsoleSite) -> None:
    value = "😀".encode("punycode") + b"a" * 1_048_000
    client = console_site.browser().client
    for path in ("/console/sign-in", "/console/welcome/x", "/console/none"):
        headers = {"content-type": f"{MULTIPART}; charset=punycode"}
        answer = await client.post(path, content=body_of(part("name", value)), headers=headers)
        assert (answer.status_code, "form-charset" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "body",
    [
        body_of(part("a", b"\xff")),
        body_of(part("a", b"\xed\xa0\x80")),
        body_of(part("a", b"a\0b")),
        body_of(part("a\0", b"b")),
        body_of(b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nb\r\n'),
        body_of(part("a", b"b", "Content-Transfer-Encoding: base64")),
        body_of(b"--x\r\n\r\nb\r\n"),
        b"--x",
        b"",
        b"\r\n" * 1000,
        b"--y--",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"z" * 2_000,
    ],
)
async def test_a_broken_multipart_body_is_a_bad_request(body: bytes) -> None:
    assert await refused(MULTIPART, body) == "form-unreadable"


async def test_a_nul_in_a_field_is_a_bad_request() -> None:
    assert await refused(URLENCODED, b"a=%00") == "form-unreadable"
    assert await refused(URLENCODED, b"%00=a") == "form-unreadable"
    named = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\0.png"\r\n\r\nb\r\n'
    assert await refused(MULTIPART, body_of(named)) == "form-unreadable"


async def test_a_client_that_leaves_is_a_bad_request() -> None:
    assert await refused(URLENCODED, b"a=b", leaves=True) == "form-unreadable"
    assert await refused(MULTIPART, part("a", b"b"), leaves=True) == "form-unreadable"


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=" + "x" * 5000, "; boundary=é"])
async def test_a_missing_or_odd_boundary_is_a_bad_request(boundary: str) -> None:
    assert await refused("multipart/form-data" + boundary, body_of(part("a", b"b"))) == "form-unreadable"


async def test_the_announced_length_is_read_before_the_body() -> None:
    async def never() -> Message:
        raise AssertionError("the body was read")

    for length in (str(FORM_LIMIT + 1), "9" * 5000):
        scope = {
            "type": "http",
            "method": "POST",
            "headers": [(b"content-type", URLENCODED.encode()), (b"content-length", length.encode())],
        }
        with pytest.raises(FormTooLarge):
            await read_form(Request(scope, never), FORM_LIMIT)


async def test_two_content_types_are_no_form() -> None:
    headers = [(b"content-type", URLENCODED.encode()), (b"content-type", MULTIPART.encode())]
    with pytest.raises(BadRequest, match="form-type"):
        await read_form(Request({"type": "http", "method": "POST", "headers": headers}), FORM_LIMIT)
