"""Forms mean to our engine what they mean to ODK's: random fillings are given to both, and every node is compared.

The other side is tests/peers/xforms.mjs. What differs by PROTOCOL, section 6, is named here and nothing else.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyxform.xls2xform import convert

from sync.errors import KunnafoniError
from sync.forms.compiler import compile_markdown
from tests.support import repository
from tests.support.corpus_forms import compiled_form, corpus_paths
from tests.support.random_fillings import DAY, fillings, run_node
from tests.support.xlsforms import q, xlsform

MANY = 10_000  # values that are compared in `make soak`
LARGEST = 2**31  # of an integer, to the engine
CLOSE = 1e-12  # of a decimal: ours has at most 17 characters

# Choices that we offer and the engine does not: forms of the corpus, each with its reason.
OTHER_CHOICES = {
    "044-or_other.xlsx": "or_other beside a choice_filter: we offer it whatever the filter says",
    "158-tutorial-.xlsx": "a filter on a column that no choice has: it reads as empty here, and equals nothing there",
}

OWN = xlsform(
    q("integer", "a"),
    q("decimal", "d"),
    q("date", "jour"),
    q("select_multiple plats", "aime", constraint="count-selected(.) <= 2"),
    q("select_one plats", "surtout", choice_filter="selected(${aime}, name)", required="yes", relevant="${aime} != ''"),
    q("text", "suite", relevant="${a} > 10 or ${d} = 12", constraint="string-length(.) > 1"),
    q("begin repeat", "lots", "Lot"),
    q("integer", "q", constraint=". >= 0"),
    q("calculate", "moitie", "", calculation="${q} div 2"),
    q("begin group", "g", "Groupe", relevant="${moitie} > 3"),
    q("text", "pourquoi", required="yes"),
    q("end group", ""),
    q("end repeat", ""),
    q("calculate", "total", "", calculation="sum(${moitie})"),
    q("calculate", "mots", "", calculation="concat(${surtout}, '-', ${jour}, '-', format-date(${jour}, '%d/%m/%Y'))"),
    q("calculate", "rond", "", calculation="if(${d} > 1, round(${d}, 1), coalesce(${a}, -1))"),
    choices="plats riz Riz\nplats to Tô\nplats mil Mil",
    settings={"sealed": "no"},
)


@dataclass(frozen=True)
class FormPair:
    """A form as both engines read it."""

    name: str
    compiled: dict[str, Any]
    xml: str


def read_pair(name: str, compiled: dict[str, Any], source: str) -> FormPair:
    with warnings.catch_warnings(action="ignore"):  # of openpyxl, about what it does not read
        kind = {"file_type": ".md"} if "\n" in source else {}
        return FormPair(name, compiled, convert(source, **kind).xform)


def own_pairs() -> Iterator[FormPair]:
    yield read_pair("own", compile_markdown("essai", OWN), OWN)
    for path in repository.under("content/forms", ends=".md"):
        slug = path.rpartition("/")[2].removesuffix(".md")
        yield read_pair(slug, compile_markdown(slug, repository.text(path)), repository.text(path))


def corpus_pairs() -> Iterator[FormPair]:
    for path in corpus_paths():
        try:
            compiled = compiled_form(path)
        except KunnafoniError:
            continue
        yield read_pair(path.name, compiled, source_of(path))


def source_of(path: Path) -> str:
    return path.read_text("utf-8") if path.suffix == ".md" else str(path)


def differences(pairs: list[FormPair], seed: int, count: int) -> tuple[list[str], int]:
    """A line for each node that is not the same to both, and the number of nodes compared."""
    states = [filling["state"] for filling in fillings([pair.compiled for pair in pairs], seed, count)]
    given = [{"xml": pairs[index // count].xml, "state": state} for index, state in enumerate(states)]
    faults, compared = [], 0
    for index, line in enumerate(run_node("tests/peers", ["xforms.mjs", DAY], given)):
        name, answer = pairs[index // count].name, json.loads(line)
        if "refused" in answer:
            faults.append(f"{name}: {answer['refused']}")
            continue
        for ours, theirs in zip(states[index], answer["state"], strict=True):
            compared += 1
            if not is_same(name, ours, theirs):
                faults.append(f"{name}: {ours}, {theirs}")
    return faults, compared


def is_same(form: str, ours: dict[str, Any], theirs: dict[str, Any] | None) -> bool:
    if theirs is None:  # flattened by a setting of pyxform's
        return ours["type"] == "group" and form == "039-flat_xlsform_test.xlsx"
    if not ours["isRelevant"] or not theirs["relevant"]:
        return bool(ours["isRelevant"] == theirs["relevant"])
    if theirs["text"] == "" and ours["text"] != "" and is_unknown_there(form, ours):
        return True
    # The engine writes a whole decimal with a fraction, which constraints that take it for a text judge.
    is_whole = ours["type"] == "decimal" and theirs["text"] == f"{ours['text']}.0"
    return is_same_text(ours["type"], ours["text"], theirs["text"]) and (
        ours["problem"] == theirs["problem"] or is_whole
    )


def is_unknown_there(form: str, ours: dict[str, Any]) -> bool:
    """True for a value that the engine drops: it keeps integers of 32 bits, no place at 0 0, and the old sum of a
    repeat that lost its last instance.
    """
    kind, text = ours["type"], ours["text"]
    if kind == "calculate":
        return ours["path"] == ["total"] and form == "own" and text == "0"
    if kind == "integer":
        return abs(int(text)) >= LARGEST
    if kind in ("geopoint", "geotrace", "geoshape"):
        return "0.00 0.00" in text
    return kind == "select_one" and form in OTHER_CHOICES


def is_same_text(kind: str, ours: str, theirs: str) -> bool:
    if kind in ("geopoint", "geotrace", "geoshape"):
        return positions(ours) == positions(theirs)
    if kind in ("time", "datetime"):
        return ours == theirs.removesuffix(":00.000+00:00")
    try:
        return ours == theirs or math.isclose(float(ours), float(theirs), rel_tol=CLOSE)
    except ValueError:
        return False


def positions(text: str) -> list[list[float]]:
    return [[float(number) for number in each.split()[:2]] for each in text.split(";") if each.strip()]


def test_our_own_forms_mean_the_same_to_odks_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    faults, compared = differences(list(own_pairs()), seed=2026, count=12)
    assert faults == []
    assert compared > 500


@pytest.mark.soak
def test_forms_of_others_mean_the_same_to_odks_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    pairs = [*own_pairs(), *corpus_pairs()]
    faults, compared = differences(pairs, seed=1, count=10)
    sys.stderr.write(f"{compared} values of {len(pairs)} forms compared with ODK's engine, {len(faults)} differ\n")
    assert faults == []
    assert compared >= MANY
