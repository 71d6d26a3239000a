"""Packs: what a publisher signed, as files that people hand on. pwa/test reads the same vectors."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import digest
from sync.editions.edition_statement import Statement, parse_statement
from sync.editions.pack import Pack, read_pack, write_packs
from sync.editions.trust import Trust, accept_statement
from sync.errors import NotProven
from tests.support.bent_texts import TextBender
from tests.support.repository import ROOT
from tests.vectors import make_packs

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parents[1] / "vectors/pack.json").read_text("utf-8"))
TRUST = Trust(*(VECTORS["trust"][name] for name in ("site", "epoch", "key", "next")))
HELD = parse_statement(VECTORS["held"])
MANGLED = 3_000


def read(text: str, held: Statement = HELD) -> Pack:
    def accept(header: Mapping[str, Any]) -> Statement:
        return accept_statement(TRUST, VECTORS["channel"], header["statement"], header["signature"], held)

    return read_pack(text, accept)


def paths_of(pack: Pack) -> list[str]:
    return [entry.path for entry in pack.manifest.entries if entry.digest in pack.bodies]


def test_a_pack_brings_all_pages_the_essentials_or_one_of_them() -> None:
    kinds = VECTORS["kinds"]
    whole = read(kinds["whole"])
    assert whole.statement.bytes.decode() == VECTORS["after"]
    assert [[entry.path, entry.digest] for entry in whole.manifest.entries] == VECTORS["entries"]
    assert whole.bodies.keys() == {name for _, name in VECTORS["entries"]}
    assert all(digest(body) == name for name, body in whole.bodies.items())
    assert whole.fresh is not None
    assert whole.fresh[0] == VECTORS["fresh"]
    assert paths_of(read(kinds["essentials"])) == ["_shell", "_missing", "index", "guides/a"]
    assert paths_of(read(kinds["guide"])) == ["guides/b"]


def test_numbered_parts_stay_under_a_limit_and_together_are_the_whole() -> None:
    parts = VECTORS["kinds"]["parts"]
    assert [part.splitlines()[0].split(" ")[3:] for part in parts] == [[str(n), "6"] for n in range(1, 7)]
    assert [path for part in parts for path in paths_of(read(part))] == [path for path, _ in VECTORS["entries"]]
    random_bytes = random.Random(7).randbytes
    bodies = [f"Page {number}\n{random_bytes(3_000).hex()}" for number in range(40)]
    edition = make_packs.edition(make_packs.pages("x"), 1)
    files = write_packs(edition, bodies, limit=60_000)
    assert len(files) > 2
    assert max(map(len, files)) <= 60_000


def test_what_was_truncated_changed_is_older_or_of_others_is_refused_for_the_stated_reason() -> None:
    for case in VECTORS["refused"]:
        with pytest.raises(NotProven) as error:
            read(case["text"], parse_statement(VECTORS["after"]) if case["code"] == "edition-older" else HELD)
        assert (case["why"], error.value.code) == (case["why"], case["code"])


def test_a_mangled_pack_is_refused_or_brings_what_was_signed() -> None:
    check_mangled(MANGLED)


@pytest.mark.soak
def test_a_hundred_thousand_mangled_packs_bring_nothing_that_was_not_signed() -> None:
    check_mangled(100_000)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_phone_judges_a_hundred_thousand_mangled_packs_alike() -> None:
    environment = os.environ | {"KUNNAFONI_TEST_MANGLED_PACKS": "100000"}
    tests = subprocess.run(
        ["node", "test/run.mjs", "open-pack"],
        cwd=ROOT / "pwa",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout[-4000:]
    assert "brings what was signed: 100000 of them" in tests.stdout


def check_mangled(count: int) -> None:
    """Mangle packs; a change that touches neither base64 nor heading leaves a pack as good as it was."""
    bender = TextBender(21)
    signed = {name for _, name in VECTORS["entries"]}
    originals = [VECTORS["kinds"][kind] for kind in ("whole", "essentials", "guide")]
    refused = 0
    for _ in range(count):
        text = bender.bent(bender.random.choice(originals), halves=True)
        try:
            pack = read(text)
        except NotProven:
            refused += 1
        else:
            assert pack.statement.bytes.decode() == VECTORS["after"]
            assert pack.bodies.keys() <= signed
            assert all(digest(body) == name for name, body in pack.bodies.items())
    assert refused > count * 0.9
