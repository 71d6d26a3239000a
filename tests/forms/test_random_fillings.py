"""Anything typed can be sent: what the phone makes of random fillings passes the checks of phone and server.

The phone's side is pwa/test/support/random-fillings.ts. Forms are our own and, where `../shared/corpus` stands, those
that other people made.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from tests.support import repository
from tests.support.corpus_forms import accepted_forms
from tests.support.random_fillings import DAY, fillings
from tests.support.vectors import read_vectors
from tests.support.xlsforms import compiled, q

MANY = 10_000

# Each calculation of the field that once kept a form from being sent.
CALCULATIONS = compiled(
    q("integer", "a"),
    q("decimal", "d"),
    q("date", "jour", "Jour"),
    *(
        q(kind, f"{kind}_{number}", "Calcul", calculation=formula)
        for kind in ("text", "integer", "decimal", "date", "time", "datetime", "calculate")
        for number, formula in enumerate(
            (
                "${a} div 3",
                "${a} + ${d}",
                "0.1 + ${d}",
                "${a} * 9007199254740991",
                "${jour} + 1",
                "if(${a} > 5, ${jour}, 'rien')",
                "concat(${jour}, 'T08:30:59')",
                "1 div ${a}",
                "${d}",
            )
        )
    ),
    q("text", "suite", relevant="${integer_0} != ''"),
    q("begin repeat", "lots", "Lot"),
    q("integer", "q"),
    q("calculate", "moitie", "", calculation="${q} div 2", relevant="${q} > 1"),
    q("begin group", "g", "Groupe", relevant="${moitie} > 3"),
    q("text", "pourquoi", required="yes"),
    q("end group", ""),
    q("end repeat", ""),
    q("calculate", "total", "", calculation="sum(${moitie})"),
    q("calculate", "nombre", "", calculation="count(${pourquoi})"),
    q("calculate", "plus_grand", "", calculation="max(${moitie}, ${a})"),
    q("calculate", "tous", "", calculation="join('-', ${moitie})"),
    settings={"sealed": "no"},
)


def own_forms() -> dict[str, dict[str, Any]]:
    """The demonstration's forms, those of the vectors, and the calculations above."""
    demonstration = {
        path: compile_markdown(path.rpartition("/")[2].removesuffix(".md"), repository.text(path))
        for path in repository.under("content/forms", ends=".md")
    }
    vectors = {case["name"]: case["compiled"] for case in read_vectors("forms")["forms"]}
    return demonstration | vectors | {"calculations": CALCULATIONS}


def unsendable(forms: dict[str, dict[str, Any]], seed: int, count: int) -> tuple[list[str], int]:
    """The fillings that either language refuses, and the number of those that could be finished."""
    made = fillings(list(forms.values()), seed, count)
    assert len(made) == len(forms) * count
    refused, finished = [], 0
    for index, (name, compiled_form) in enumerate(forms.items()):
        form = Form(compiled_form)
        for filling in made[index * count : (index + 1) * count]:
            if filling["isStuck"]:
                continue
            finished += 1
            failure = check_answers(form, filling["answers"], DAY, filling["files"])
            if failure or filling["failure"]:
                ours = failure.as_json() if failure else None
                refused.append(f"{name}: phone {filling['failure']}, server {ours}, {filling['answers']}")
    return refused, finished


def test_what_is_typed_into_our_own_forms_can_be_sent() -> None:
    refused, finished = unsendable(own_forms(), seed=2026, count=30)
    assert refused == []
    assert finished > 200


@pytest.mark.soak
def test_what_is_typed_into_forms_of_others_can_be_sent() -> None:
    forms = own_forms() | accepted_forms()
    refused, finished = unsendable(forms, seed=1, count=-(-MANY * 5 // 4 // len(forms)))
    sys.stderr.write(f"{finished} random fillings of {len(forms)} forms finished, {len(refused)} unsendable\n")
    assert refused[:3] == []
    assert finished >= MANY
