"""Letters read as clerks expect them: no blank is left, articles agree, and those who cannot sign have their lines."""

from __future__ import annotations

import json
import re
from collections import Counter

from sync.complaints import PLACEHOLDER, resolve_paths
from sync.documents.model import OFFICES
from tests.support import site_texts
from tests.support.letter_words import filled_letter
from tests.vectors import make_letters

IDENTITY = ("naissance", "nationalite", "profession", "adresse", "piece")
CANNOT_SIGN = ("lecteur", "temoins_empreinte", "porteur")
RIGHTS = {"donnees-acces", "donnees-rectification", "donnees-effacement", "donnees-opposition", "donnees-accord"}
DATA_LETTERS = {*RIGHTS, "site-donnees"}


def test_filled_letters_are_those_that_were_read_aloud() -> None:
    assert json.loads(make_letters.PATH.read_text("utf-8")) == make_letters.cases()


def test_every_harm_of_every_country_has_its_letters_among_them() -> None:
    library = site_texts.library()
    known = set(make_letters.letters())
    assert {
        letter.template.slug
        for country in library.authorities
        for path in resolve_paths(library, country, "fr")
        for step in path.steps
        for letter in step.letters
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


def test_each_data_right_a_reply_sim_cards_and_a_reminder_have_a_letter_in_every_country() -> None:
    library = site_texts.library()
    for country in library.authorities:
        paths = {path.harm: path for path in resolve_paths(library, country, "fr")}
        by_step = {
            (harm, step.step): {letter.template.slug for letter in step.letters}
            for harm, path in paths.items()
            for step in path.steps
        }
        assert DATA_LETTERS | {"site-relance"} <= by_step["personal-data", "site"], country
        assert "site-droit-de-reponse" in by_step["false-information", "site"], country
        assert "operateur-puces" in by_step["identity", "operator"], country
        for (harm, step), slugs in by_step.items():
            if step in ("authority", "prosecutor"):
                reminder = {"authority": "autorite-relance", "prosecutor": "procureur-relance"}[step]
                assert reminder in slugs, (country, harm, step)


def test_an_english_letter_has_the_same_holes_and_asks_the_same() -> None:
    templates = site_texts.library().templates
    for (slug, lang), template in templates.items():
        original = templates[slug, "fr"]
        if lang == "en":
            assert Counter(PLACEHOLDER.findall(template.body)) == Counter(PLACEHOLDER.findall(original.body)), slug
            assert [(field.name, field.required, field.sensitive, bool(field.hint)) for field in template.fields] == [
                (field.name, field.required, field.sensitive, bool(field.hint)) for field in original.fields
            ], slug
            assert (template.step in OFFICES) == ("work in French" in template.summary), slug


def test_a_letter_to_a_person_says_when_not_to_write() -> None:
    letters = [letter for letter in make_letters.letters().values() if letter.template.step in ("offender", "site")]
    assert {letter.template.step for letter in letters} == {"offender", "site"}
    silent = [letter.template.slug for letter in letters if not re.search("peur|menace", letter.template.summary)]
    assert silent == []


def test_a_letter_about_data_names_a_law_with_a_page_and_claims_no_right_that_nobody_read() -> None:
    library = site_texts.library()
    for country in library.authorities:
        letters = [
            (letter, path.harm, step.facts)
            for path in resolve_paths(library, country, "fr")
            for step in path.steps
            for letter in step.letters
            if letter.template.slug.startswith(("donnees-", "site-donnees"))
        ]
        assert {letter.template.slug for letter, _, _ in letters} == DATA_LETTERS
        for letter, harm, facts in letters:
            with_page = {fact.text for fact in facts if fact.source.has_page}
            laws = re.findall(r"^La loi de ce pays sur les données personnelles : (.*)\.$", letter.body, re.MULTILINE)
            cited = {law for line in laws for law in line.split(" ; ")}
            assert cited <= with_page, country
            assert cited or harm == "image", country
            rights = re.findall(
                r"\b(?:m’appuie|j’ai (?:le )?droit|mon droit|me (?:donne|permet)|article)\b.*", letter.body
            )
            assert rights == [], (country, letter.template.slug)
            assert "je m’adresserai à l’autorité" in letter.body


def test_nobody_must_name_an_author_to_complain() -> None:
    for slug, letter in make_letters.letters().items():
        if letter.template.step in ("police", "prosecutor"):
            assert "contre X" in letter.body, slug
            assert "je ne sais pas" not in letter.body, slug
