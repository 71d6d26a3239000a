"""The site's own addresses: links come from the settings, and only own hosts are answered."""

from __future__ import annotations

import socket

import pytest

from server.settings import Settings
from server.web.site_origin import Host, Origin, SiteOrigin, listening_url, parse_host, parse_origin
from sync.errors import Refused

PUBLIC = SiteOrigin.from_settings(
    Settings(url="https://example.org/", console_url="https://desk.example.org", hosts="kayes.example, other.test")
)
LOCAL = SiteOrigin.from_settings(Settings(host="0.0.0.0", port=8001))  # noqa: S104


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("example.org", Host("example.org", None)),
        ("Example.ORG.:8443", Host("example.org", 8443)),
        ("[::1]:80", Host("::1", 80)),
        ("10.0.0.1", Host("10.0.0.1", None)),
        *(
            (text, None)
            for text in ("", " ", "a b", "a/b", "a@b", "a:b", "a:", "a:65536", "a:999999", "[", "[::1", "é")
        ),
        *((text, None) for text in ("a,b", "a\r\nb", "http://a", "a" * 254, "a?b", "a#b", "a\\b")),
    ],
)
def test_a_host_is_a_name_or_a_number_with_a_port(text: str, host: Host | None) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://example.org", Origin("https", "example.org", 443)),
        ("HTTP://Example.org:8000", Origin("http", "example.org", 8000)),
        *((text, None) for text in ("null", "", "http://[", "http://a/b", "https://u@a", "file://a", "example.org")),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, origin: Origin | None) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "name",
    [
        *("example.org", "EXAMPLE.org:443", "desk.example.org", "kayes.example", "other.test:8080"),
        *("localhost:8000", "127.0.0.1:8000", "[::1]", "192.168.1.10", "10.0.0.1", "a.localhost"),
        socket.gethostname(),
    ],
)
def test_a_site_answers_to_its_names_to_this_machine_and_to_numbers_of_private_networks(name: str) -> None:
    host = parse_host(name)
    assert host and PUBLIC.is_own(host)


@pytest.mark.parametrize("name", ["evil.example", "example.org.evil.example", "8.8.8.8", "notexample.org", "org", "."])
def test_other_names_are_foreign(name: str) -> None:
    host = parse_host(name)
    assert host
    assert not PUBLIC.is_own(host)


def test_without_an_address_every_number_is_own_and_no_name() -> None:
    numbers = [parse_host(text) for text in ("192.168.1.10:8001", "8.8.8.8", "[2001:db8::1]:8001")]
    assert all(host and LOCAL.is_own(host) for host in numbers)
    assert not LOCAL.is_own(Host("example.org", None))
    assert SiteOrigin.from_settings(Settings(host="Village.LAN")).is_own(Host("village.lan", None))


def test_links_begin_with_the_settings_or_with_the_listening_address() -> None:
    assert (PUBLIC.url, PUBLIC.console_url) == ("https://example.org", "https://desk.example.org")
    assert LOCAL.url == LOCAL.console_url == listening_url("0.0.0.0", 8001)  # noqa: S104
    assert listening_url("127.0.0.1", 8001) == "http://127.0.0.1:8001"
    assert listening_url("::1", 8001) == "http://[::1]:8001"


@pytest.mark.parametrize(
    "settings",
    [
        Settings(url="example.org"),
        Settings(url="https://example.org/path"),
        Settings(console_url="https://["),
        Settings(hosts="https://example.org"),
        Settings(hosts="a:80"),
    ],
)
def test_an_address_or_a_name_that_is_none_is_refused_by_its_setting(settings: Settings) -> None:
    with pytest.raises(Refused, match="setting-wrong"):
        SiteOrigin.from_settings(settings)
