"""Properties of patches and feeds: they give the new edition, and a lost or changed byte gives nothing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import digest
from sync.editions.delta import diff_manifests, rebuild
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition, write_feed
from sync.editions.feed_reader import read_feed
from sync.editions.manifest import Manifest, build_manifest
from sync.editions.page import Page
from sync.editions.patch import apply_patch, make_patch
from sync.editions.signing import Signer, key_digest
from sync.editions.trust import Trust, accept_statement
from sync.errors import NotProven

SIGNER, NEXT = Signer.generate(), key_digest(Signer.generate().public_key)
TRUST = Trust("exemple", 1, SIGNER.public_key, NEXT)
DAY = datetime.date(2026, 11, 24).isoformat()

texts = st.text(st.sampled_from('aàɛ <>\n"\\😀'), max_size=40)
paths = st.permutations(["index", *(f"guides/{letter}" for letter in "abcdefgh")])


@st.composite
def site(draw: st.DrawFn) -> list[Page]:
    slugs = draw(paths)[: draw(st.integers(1, 9))]
    first = draw(st.integers(1, len(slugs)))
    return [
        Page(path, f"{path}\n{draw(texts)}", "first" if index < first else "rest") for index, path in enumerate(slugs)
    ]


def edition(pages: list[Page], number: int) -> Edition:
    manifest = build_manifest(pages)
    statement = Statement("exemple", "fr-ML", 1, number, DAY, "", NEXT, *manifest.digests)
    return Edition(statement, SIGNER.sign(statement.bytes), SIGNER.public_key, manifest)


def bodies(*sites: list[Page]) -> dict[str, str]:
    return {digest(page.body): page.body for pages in sites for page in pages}


def receive(
    lines: list[bytes], base: Edition | None, bodies_here: Mapping[str, str]
) -> tuple[Statement, Manifest, dict[str, str]]:
    def judge(header: Mapping[str, Any]) -> Statement:
        return accept_statement(
            TRUST, "fr-ML", header["statement"], header["signature"], base.statement if base else None
        )

    return read_feed(lines, judge, base, lambda name: bodies_here[name])


@given(texts, texts)
def test_a_patch_turns_the_old_text_into_the_new(old: str, new: str) -> None:
    assert apply_patch(old, make_patch(old, new)) == new


@given(site(), site())
def test_a_manifest_is_rebuilt_from_what_changed(before: list[Page], after: list[Page]) -> None:
    base, new = build_manifest(before), build_manifest(after)
    delta = diff_manifests(base, new)
    assert rebuild(base, delta.gone, [(change.entry, change.at) for change in delta.changes], delta.first) == new


@given(site(), site())
def test_a_feed_takes_a_phone_to_the_new_edition(before: list[Page], after: list[Page]) -> None:
    old, new = edition(before, 1), edition(after, 2)
    feed = write_feed(new, old, bodies(before, after))
    statement, manifest, received = receive(feed.encode().splitlines(keepends=True), old, bodies(before))
    assert (statement.id, manifest) == (new.id, new.manifest)
    complete = bodies(before) | received
    assert all(digest(complete[entry.digest]) == entry.digest for entry in manifest.entries)


@given(site(), site(), st.data())
def test_a_feed_that_lost_or_changed_anything_is_refused_or_harmless(
    before: list[Page], after: list[Page], data: st.DataObject
) -> None:
    old, new = edition(before, 1), edition(after, 2)
    raw = bytearray(write_feed(new, old, bodies(before, after)).encode())
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw[at] ^= 1 << data.draw(st.integers(0, 6))
    else:
        del raw[at]
    try:
        statement, manifest, received = receive(bytes(raw).splitlines(keepends=True), old, bodies(before))
    except NotProven:
        return
    assert (statement.id, manifest) == (new.id, new.manifest)
    assert all(digest(body) == name for name, body in received.items())


@given(site(), site())
def test_an_older_edition_is_refused(before: list[Page], after: list[Page]) -> None:
    old, new = edition(before, 1), edition(after, 2)
    whole = write_feed(old, None, bodies(before)).encode().splitlines(keepends=True)

    def judge(header: Mapping[str, Any]) -> Statement:
        return accept_statement(TRUST, "fr-ML", header["statement"], header["signature"], new.statement)

    with pytest.raises(NotProven, match="edition-older"):
        read_feed(whole, judge, None, str)
