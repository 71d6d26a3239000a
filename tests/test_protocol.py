"""Every example block in PROTOCOL.md is valid."""

from __future__ import annotations

from sync.alerts.push_payload import parse_alert_text
from sync.canonical import base64url_decode, canonical, digest
from sync.editions.delta import rebuild
from sync.editions.edition_statement import parse_statement
from sync.editions.manifest import Manifest, ManifestEntry
from sync.editions.pack_frames import join_frames, write_frames
from sync.editions.patch import apply_patch, make_patch
from tests.support.protocol_examples import EXAMPLES, example


def test_every_example_is_of_a_kind_that_is_run() -> None:
    kinds = ["canonical", "delta", "frames", "patch", "statement", "submission", "word"]
    assert sorted(kind for kind, _ in EXAMPLES) == kinds


def test_canonical_example() -> None:
    case = example("canonical")
    assert canonical(case["value"]).decode() == case["text"]
    assert digest(case["text"]) == case["digest"]


def test_statement_example() -> None:
    case = example("statement")
    assert parse_statement(case["text"]).id == case["id"]


def test_patch_example() -> None:
    case = example("patch")
    assert apply_patch(case["old"], case["patch"]) == case["new"]
    assert make_patch(case["old"], case["new"]) == case["patch"]


def test_delta_example() -> None:
    case = example("delta")
    name = digest("x")
    base = Manifest(tuple(ManifestEntry(path, name) for path in case["base"]), 1)
    changes = [(ManifestEntry(line["path"], name), line.get("at")) for line in case["lines"]]
    assert [entry.path for entry in rebuild(base, case["gone"], changes, 1).entries] == case["new"]


def test_word_example() -> None:
    case = example("word")
    assert (len(case["text"].encode()), parse_alert_text(case["text"]).size) == (case["bytes"], case["payload"])


def test_frames_example() -> None:
    case = example("frames")
    assert write_frames(base64url_decode(case["body"])) == case["frames"]
    assert join_frames(case["frames"]) == base64url_decode(case["body"])
