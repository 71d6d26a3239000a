"""The printed address, and its QR code."""

from __future__ import annotations

import pytest

from server.commands.site_address import can_work_offline, draw_qr_code, listen
from server.web.site_origin import is_reachable
from sync.errors import Refused


def test_a_port_taken_is_a_sentence_with_another_port() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        first.listen()
        with pytest.raises(Refused) as error:
            listen("127.0.0.1", port)
        assert error.value.code == "port-taken"
        assert f"PORT={port + 1}" in error.value.text()


def test_a_port_is_shared_with_those_who_say_so_too() -> None:
    with listen("127.0.0.1", 0, reuse_port=True) as first:
        port = first.getsockname()[1]
        first.listen()
        with listen("127.0.0.1", port, reuse_port=True) as second:
            second.listen()
        with pytest.raises(Refused, match="port-taken"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(Refused, match="address-refused"):
        listen("203.0.113.7", 0)


@pytest.mark.parametrize(
    ("url", "a_phone", "offline"),
    [
        ("http://127.0.0.1:8000/", False, True),
        ("http://localhost:8000/", False, True),
        ("http://[::1]:8000/", False, True),
        ("http://192.168.1.10:8000/", True, False),
        ("http://village.example/", True, False),
        ("https://kunnafoni.example/", True, True),
        ("http://machine:8000/", False, True),
    ],
)
def test_what_a_phone_can_reach_and_keep(url: str, a_phone: bool, offline: bool) -> None:
    assert (is_reachable(url), can_work_offline(url)) == (a_phone, offline)


def test_the_qr_code_is_square_and_drawn_in_half_blocks() -> None:
    lines = draw_qr_code("http://192.168.1.10:8000/").split("\n")
    assert all(len(line) == len(lines[0]) for line in lines)
    assert len(lines) == (len(lines[0]) + 1) // 2
    assert set("".join(lines)) <= set(" ▄▀█")
