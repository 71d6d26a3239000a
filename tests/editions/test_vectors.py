"""The vectors of editions in Python; pwa/test reads the same files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import canonical, digest
from sync.editions.delta import diff_manifests, rebuild
from sync.editions.edition_statement import Statement, freshness_bytes, parse_statement
from sync.editions.feed import Edition
from sync.editions.feed_reader import read_feed
from sync.editions.manifest import Manifest, ManifestEntry, parse_manifest
from sync.editions.page import compose, is_page_path
from sync.editions.patch import apply_patch, make_patch
from sync.editions.signing import verify_signature
from sync.editions.trust import Trust, accept_statement, first_trust, follow_chain
from sync.errors import NotProven

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def code_of(error: pytest.ExceptionInfo[NotProven]) -> str:
    return error.value.code


def test_canonical_json_and_digests() -> None:
    for case in vectors("canonical")["cases"]:
        assert canonical(case["value"]).decode() == case["text"]
        assert digest(case["text"]) == case["digest"]
    for value in vectors("canonical")["refused"]:
        with pytest.raises(ValueError):
            canonical(value)


def test_patches() -> None:
    for case in vectors("patch")["cases"]:
        assert apply_patch(case["old"], case["patch"]) == case["new"]
        assert make_patch(case["old"], case["new"]) == case["patch"]
    for case in vectors("patch")["refused"]:
        with pytest.raises(NotProven, match="patch-misfit"):
            apply_patch(case["old"], case["patch"])


def test_pages_are_composed_and_paths_told_apart() -> None:
    cases = vectors("page")
    for case in cases["compose"]:
        assert compose(case["shell"], case["body"]) == case["document"]
    for shell in cases["shells refused"]:
        with pytest.raises(NotProven):
            compose(shell, "T\n<p>")
    assert [path for path in cases["paths"] if not is_page_path(path)] == []
    assert [path for path in cases["paths refused"] if is_page_path(path)] == []


def manifest_from(value: Mapping[str, Any]) -> Manifest:
    return parse_manifest(*value["texts"])


def changes_from(rows: Iterable[tuple[str, str, int | None]]) -> list[tuple[ManifestEntry, int | None]]:
    return [(ManifestEntry(path, name), at) for path, name, at in rows]


def test_manifests_are_rebuilt_from_what_changed() -> None:
    cases = vectors("manifest")
    for case in cases["deltas"]:
        base, new = manifest_from(case["base"]), manifest_from(case["new"])
        delta = diff_manifests(base, new)
        assert [[c.entry.path, c.entry.digest, c.at] for c in delta.changes] == case["changes"]
        assert rebuild(base, case["gone"], changes_from(case["changes"]), new.first) == new
    for case in cases["deltas refused"]:
        with pytest.raises(NotProven):
            rebuild(manifest_from(case["base"]), case["gone"], changes_from(case["changes"]), case["first"])
    for first, rest in cases["texts refused"]:
        with pytest.raises(NotProven, match="manifest-malformed"):
            parse_manifest(first, rest)


def trust_from(value: Mapping[str, Any]) -> Trust:
    return Trust(value["site"], value["epoch"], value["key"], value["next"])


def test_editions_are_accepted_or_refused_for_the_stated_reason() -> None:
    for case in vectors("trust")["accept"]:
        current = parse_statement(case["held"]) if case["held"] else None
        arguments = (trust_from(case["trust"]), case["channel"], case["statement"], case["signature"], current)
        if case["code"]:
            with pytest.raises(NotProven) as error:
                accept_statement(*arguments)
            assert (case["why"], code_of(error)) == (case["why"], case["code"])
        else:
            assert accept_statement(*arguments).bytes.decode() == case["statement"]


def test_trust_begins_and_follows_committed_rotations_only() -> None:
    for case in vectors("trust")["first use"]:
        if case["code"]:
            with pytest.raises(NotProven, match=case["code"]):
                first_trust(*case["link"])
        else:
            assert first_trust(*case["link"])[1].id == case["id"]
    for case in vectors("trust")["chains"]:
        if case["code"]:
            with pytest.raises(NotProven, match=case["code"]):
                follow_chain(trust_from(case["trust"]), case["chain"])
        else:
            after = follow_chain(trust_from(case["trust"]), case["chain"])
            assert {"epoch": after.epoch, "key": after.key, "next": after.next_key_digest} == case["after"]


def test_freshness_is_signed_over_the_head_and_the_day() -> None:
    case = vectors("trust")["fresh"]
    message = freshness_bytes(parse_statement(case["statement"]), case["date"])
    assert message.decode() == case["text"]
    assert verify_signature(case["key"], message, case["signature"])
    assert not verify_signature(
        case["key"], freshness_bytes(parse_statement(case["statement"]), "2026-11-26"), case["signature"]
    )


def test_feeds_lead_to_the_edition_or_are_refused_for_the_stated_reason() -> None:
    cases = vectors("feed")
    trust, before, after = trust_from(cases["trust"]), held(cases, "before"), held(cases, "after")

    def read(lines: list[str], base: Edition | None) -> tuple[Statement, Manifest, dict[str, str]]:
        def judge(header: Mapping[str, Any]) -> Statement:
            return accept_statement(
                trust, cases["channel"], header["statement"], header["signature"], base.statement if base else None
            )

        return read_feed((f"{line}\n".encode() for line in lines), judge, base, cases["bodies"].__getitem__)

    assert read(cases["whole"], None)[1] == before.manifest
    statement, manifest, bodies = read(cases["delta"], before)
    assert (statement.id, manifest) == (after.id, after.manifest)
    assert all(digest(body) == name for name, body in bodies.items())
    for case in cases["refused"]:
        with pytest.raises(NotProven) as error:
            read(case["lines"], before if case["base"] else None)
        assert (case["why"], code_of(error)) == (case["why"], case["code"])


def held(cases: Mapping[str, Any], name: str) -> Edition:
    value = cases[name]
    return Edition(parse_statement(value["statement"]), "", "", parse_manifest(*value["texts"]))
