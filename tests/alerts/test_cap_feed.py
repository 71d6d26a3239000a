"""Feeds of CAP messages, Atom or RSS: where each message is, and by what it is known again."""

from __future__ import annotations

import pytest

from sync.alerts.cap_feed import MAX_FEED_BYTES, read_cap_feed
from sync.errors import Refused, TooLarge
from tests.support.sample_cap import atom_xml, rss_xml

ADDRESS = "https://meteo.exemple/cap/alerts.atom"
ONE, TWO = "https://meteo.exemple/cap/1.xml", "https://meteo.exemple/cap/2.xml"


@pytest.mark.parametrize("feed", [atom_xml(ONE, TWO), rss_xml(ONE, TWO)])
def test_the_messages_of_a_feed_are_found_in_its_order(feed: bytes) -> None:
    assert [entry.address for entry in read_cap_feed(feed, ADDRESS)] == [ONE, TWO]


def test_relative_links_lead_to_the_feeds_own_host() -> None:
    assert [entry.address for entry in read_cap_feed(atom_xml("2.xml"), ADDRESS)] == [TWO]


def test_the_link_of_caps_own_type_goes_before_others() -> None:
    page = '<link rel="alternate" type="text/html" href="https://meteo.exemple/page"/><link rel="alternate" type="app'
    feed = atom_xml(ONE).replace(b'<link rel="alternate" type="app', page.encode())
    assert [entry.address for entry in read_cap_feed(feed, ADDRESS)] == [ONE]


def test_an_entry_is_known_again_until_it_changes() -> None:
    [first], [same] = read_cap_feed(atom_xml(ONE), ADDRESS), read_cap_feed(atom_xml(ONE), ADDRESS)
    [changed] = read_cap_feed(atom_xml(ONE, updated="2026-11-24T13:00:00Z"), ADDRESS)
    assert first.key == same.key != changed.key


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"<html/>", "feed-not"),
        (b"not xml", "xml-malformed"),
        (b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x"><rss/>', "xml-document-type"),
        (b"/etc/passwd", "xml-malformed"),
    ],
)
def test_what_is_no_feed_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read_cap_feed(raw, ADDRESS)
    assert caught.value.code == code


def test_a_feed_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge):
        read_cap_feed(atom_xml(ONE) + b" " * MAX_FEED_BYTES, ADDRESS)
