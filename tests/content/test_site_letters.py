"""Letters read as clerks expect them: no blank is left, articles agree, and those who cannot sign have their lines."""

from __future__ import annotations

import json
import re

from sync.complaints import PLACEHOLDER, resolve_paths
from sync.documents.model import OFFICES
from tests.support import site_texts
from tests.support.letter_words import filled_letter
from tests.vectors import make_letters

IDENTITY = ("naissance", "nationalite", "profession", "adresse", "piece")
CANNOT_SIGN = ("lecteur", "temoins_empreinte", "porteur")


def test_filled_letters_are_those_that_were_read_aloud() -> None:
    assert json.loads(make_letters.PATH.read_text("utf-8")) == make_letters.cases()


def test_every_harm_of_every_country_has_its_letters_among_them() -> None:
    library = site_texts.library()
    known = set(make_letters.letters())
    assert {
        step.letter.template.slug
        for country in library.authorities
        for path in resolve_paths(library, country, "fr")
        for step in path.steps
        if step.letter
    } == known


def test_no_bracket_no_doubled_article_and_no_empty_line_is_left() -> None:
    for slug, letter in make_letters.letters().items():
        required = {field.name for field in letter.template.fields if field.required}
        text = filled_letter(letter, {name: make_letters.WORDS.get(name, name) for name in required})
        found = re.findall(r"[\[\]{}]|\ble le\b|\n\n\n", text, re.IGNORECASE)
        assert found == [], (slug, text)


def test_complaints_to_offices_name_the_person_as_clerks_ask_and_let_anybody_sign() -> None:
    for slug, letter in make_letters.letters().items():
        if letter.template.step in OFFICES:
            names = set(PLACEHOLDER.findall(letter.body))
            assert {*IDENTITY, *CANNOT_SIGN} <= names, slug
            assert "Fait à {ville}, le {date}" in letter.body, slug
            assert "Signature, ou empreinte du doigt" in letter.body, slug


def test_nobody_must_name_an_author_to_complain() -> None:
    for slug, letter in make_letters.letters().items():
        if letter.template.step in ("police", "prosecutor"):
            assert "contre X" in letter.body, slug
            assert "je ne sais pas" not in letter.body, slug
