"""Figures, laws and telephone numbers of the content have sources, and no text names a person."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sync.content.schemas import to_fields
from sync.documents.markdown import to_text
from sync.documents.model import Guide
from sync.documents.sources import Source
from tests.support import site_texts
from tests.support.content_figures import CLAIM
from tests.support.site_texts import Text

# Digits that could be dialled: no date, amount, number of a law, or web address.
TELEPHONE = re.compile(r"(?<![\w°/.-])\+?\d{2,}(?:[ .]?\d{2,}){1,5}(?![\w°/-])")
AMOUNT = re.compile(r"\d[\d ]* (?:francs|millions)|\b(?:19|20)\d\d\b|n° ?[\w-]+")
TITLE = (
    r"(?:M\.|Mme|Mlle|Monsieur|Madame|Maître|Me|Dr|Docteur"
    r"|Général|Colonel|Capitaine|Commissaire|Procureur|Juge|Ministre)"
)
PERSON = re.compile(rf"\b{TITLE} (?!le\b|la\b|du\b|de\b|des\b|d’)[A-ZÉ][\w’-]+")
FAMILIES = re.compile(
    r"\b(?:Traor[ée]|Ke[iï]ta|Diallo|Coulibaly|Tour[ée]|Ma[iï]ga|Diarra|Sidib[ée]|Ciss[ée]|Konat[ée]|Konar[ée]"
    r"|Sangar[ée]|Demb[ée]l[ée]|Doumbia|Sissoko|Camara|Ou[ée]draogo|Sawadogo|Zongo|Kabor[ée]|Compaor[ée]|Ndiaye"
    r"|Diop|Sarr|Ould|Mahamat|Issoufou|Moussa|Ibrahim)\b"
)


def sources(writing: Text) -> Sequence[Source]:
    return writing.document.sources if isinstance(writing.document, Guide) else writing.document.evidence


def all_texts() -> list[Text]:
    return [*site_texts.written("fr"), *site_texts.written("en")]


def test_a_text_with_a_law_a_sum_or_a_time_limit_has_a_source() -> None:
    assert [
        writing.path for writing in site_texts.written() if CLAIM.search(writing.text) and not sources(writing)
    ] == []


def test_every_source_was_published_and_read_before_the_text_was_written() -> None:
    def misdated(writing: Text) -> list[str]:
        return [
            source.title
            for source in sources(writing)
            for day in (source.published, source.seen.day if source.seen else "")
            if day > writing.document.updated
        ]

    assert [(writing.path, misdated(writing)) for writing in all_texts() if misdated(writing)] == []


def test_a_telephone_number_has_its_own_source_and_asks_to_be_checked() -> None:
    for writing in all_texts():
        for paragraph in to_text(writing.body).split("\n"):
            if TELEPHONE.search(AMOUNT.sub("", paragraph)):
                number_sources = [
                    source
                    for source in sources(writing)
                    if re.search(r"numéro|téléphone|number|telephone|line|80333", source.title)
                ]
                assert number_sources, f"{writing.path}: {paragraph}"
                assert re.search(r"vérifier|[Ee]ssayez|[Cc]heck", paragraph), writing.path


def test_an_office_with_a_telephone_has_sources() -> None:
    offices = [office for country in site_texts.library().authorities.values() for office in country.authorities]
    with_contact = [office for office in offices if office.phone or office.email or office.address]
    assert [office.slug for office in with_contact if not (office.sources or office.facts)] == []


def test_a_mail_address_has_a_source() -> None:
    assert [writing.path for writing in all_texts() if re.search(r"\w@\w", writing.body) and not sources(writing)] == []


def test_the_pattern_matches_numbers_but_no_amounts_and_dates() -> None:
    def has_number(text: str) -> bool:
        return bool(TELEPHONE.search(AMOUNT.sub("", text)))

    assert all(map(has_number, ("le 80333", "appelez le 80 00 11 32", "(226) 25 37 61 04", "+223 20 22 33 44")))
    assert not any(
        map(
            has_number,
            (
                "le 9 juin 2023",
                "5 à 20 millions de francs",
                "loi n°2013-015 du 21 mai 2013",
                "100 francs pour 40 mégas",
            ),
        )
    )


def test_no_person_is_named_in_a_legal_text() -> None:
    library = site_texts.library()
    legal = [
        (f"{kind}: {key}", str(to_fields(kind, document)))
        for kind, documents in (
            ("template", library.templates),
            ("route", library.routes),
            ("authorities", library.authorities),
        )
        for key, document in documents.items()
    ]
    assert [
        (path, name) for path, text in legal for pattern in (PERSON, FAMILIES) for name in pattern.findall(text)
    ] == []


def test_no_person_is_named_in_a_guide_or_notice() -> None:
    assert [
        (writing.path, name)
        for writing in all_texts()
        for pattern in (PERSON, FAMILIES)
        for name in pattern.findall(writing.text)
    ] == []
