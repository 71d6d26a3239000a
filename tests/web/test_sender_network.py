"""Networks of senders: one IPv4 address, or the part of an IPv6 address that a subscriber cannot choose."""

from __future__ import annotations

import pytest

from server.web.sender_network import sender_network


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1::/48"),
        ("2001:db8:1:ffff:abcd::9", "2001:db8:1::/48"),
        ("2001:db8:2::1", "2001:db8:2::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_a_subscriber_is_one_sender_whatever_address_they_pick(host: str, network: str) -> None:
    assert sender_network({"client": (host, 50_000)}) == network


def test_a_client_without_address_is_nobody_in_particular() -> None:
    assert sender_network({"client": None}) == sender_network({}) == ""
