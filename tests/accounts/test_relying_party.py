"""The relying party of passkeys: the console's https address, or localhost."""

from __future__ import annotations

import pytest

from server.accounts.relying_party import RelyingParty, find_relying_party
from server.web.site_origin import parse_host, parse_origin


@pytest.mark.parametrize(
    ("address", "host", "party"),
    [
        ("https://exemple.ml/", "evil.example", RelyingParty("exemple.ml", "https://exemple.ml")),
        ("https://Console.exemple.ml:443", "x", RelyingParty("console.exemple.ml", "https://console.exemple.ml")),
        ("https://exemple.ml:8443", "x", RelyingParty("exemple.ml", "https://exemple.ml:8443")),
        ("http://localhost:8000/", "x", RelyingParty("localhost", "http://localhost:8000")),
        ("", "localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("", "localhost", RelyingParty("localhost", "http://localhost")),
        ("", "127.0.0.1:8000", None),
        ("", "exemple.ml", None),
        ("", "localhost.evil.example", None),
        ("", "localhost@evil.example", None),
        ("", "localhost:99999", None),
        ("", "", None),
        ("http://exemple.ml", "localhost", None),
        ("https://192.0.2.1", "x", None),
        ("https://[2001:db8::1]:8000", "x", None),
    ],
)
def test_passkeys_are_bound_to_the_address_of_the_site_and_never_to_another_host(
    address: str, host: str, party: RelyingParty | None
) -> None:
    assert find_relying_party(parse_origin(address.rstrip("/")), parse_host(host)) == party
