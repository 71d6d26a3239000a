"""The licences of what is served: each goes with AGPL-3.0-or-later, or a written reason says why it is served."""

from __future__ import annotations

import dataclasses

import pytest

from deploy.release.licence_tables import EXCEPTIONS, READ, SPELLINGS
from deploy.release.licences import UnclearLicence, find_refused, is_compatible, parse_expression
from deploy.release.served_packages import EmbeddedComponent, ServedPackage, read_served_packages

SERVED = read_served_packages()
PLAIN = ServedPackage("pypi", "plain", "1", "MIT", ("text",))
# Words that only the text of such a licence has.
PHRASES = {
    "Apache-2.0": "Apache License",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
    "BSD-2-Clause": "Redistribution and use in source and binary forms",
    "BSD-4-Clause": "All advertising materials mentioning features",
    "ISC": "Permission to use, copy, modify, and/or distribute this software",
    "MPL-2.0": "Mozilla Public License",
    "PSF-2.0": "Python Software Foundation",
    "Unicode-3.0": "UNICODE LICENSE V3",
}


def test_every_served_package_may_be_part_of_this_program() -> None:
    assert find_refused(SERVED) == {}


def test_each_exception_is_needed_and_has_its_reason() -> None:
    refused = find_refused([dataclasses.replace(package, name=f"other-{package.name}") for package in SERVED])
    needed = {package.name for package in SERVED if f"other-{package.name}" in refused}
    assert EXCEPTIONS.keys() | READ.keys() >= needed >= EXCEPTIONS.keys()
    assert all(len(reason) > 100 for reason in EXCEPTIONS.values())


def test_the_tables_hold_nothing_that_no_package_needs() -> None:
    names = {package.name for package in SERVED}
    names |= {f"{package.name} ({part.name})" for package in SERVED for part in package.embedded}
    assert READ.keys() | EXCEPTIONS.keys() <= names
    assert SPELLINGS.keys() <= {package.declared for package in SERVED}


def test_the_texts_are_those_of_the_licence_that_was_read() -> None:
    by_name = {package.name: package for package in SERVED}
    wrong = []
    for name, expression in READ.items():
        texts = " ".join(" ".join(by_name[name].texts).split()) if name in by_name else ""
        wrong += [
            (name, licence)
            for licence, phrase in PHRASES.items()
            if texts and licence in expression.replace(" OR ", " AND ").split(" AND ") and phrase not in texts
        ]
    assert wrong == []


@pytest.mark.parametrize("written", ["Proprietary", "ask us", "", "UNKNOWN", "see LICENSE", "MIT AND Proprietary"])
def test_a_licence_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(UnclearLicence):
        parse_expression(written, "plain")
    assert list(find_refused([dataclasses.replace(PLAIN, declared=written)])) == ["plain"]


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("MIT", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-or-later", True),
        ("GPL-2.0-only OR MIT", True),
        ("GPL-2.0-only", False),
        ("MIT AND GPL-2.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("BSD-4-Clause", False),
        ("SSPL-1.0", False),
        ("LicenseRef-scancode-proprietary-license", False),
    ],
)
def test_each_part_of_an_expression_counts(written: str, fits: bool) -> None:
    assert is_compatible(parse_expression(written, "plain")) is fits


def test_what_is_compiled_into_a_package_counts_and_so_does_a_missing_text() -> None:
    part = EmbeddedComponent("core", "1", "pkg:generic/core@1", ("GPL-2.0-only",))
    assert list(find_refused([dataclasses.replace(PLAIN, embedded=(part,))])) == ["plain (core)"]
    assert "no licence text" in find_refused([dataclasses.replace(PLAIN, texts=())])["plain"]
    assert find_refused([PLAIN]) == {}
