"""Nothing stands in the content without a source: figures, laws, telephone numbers; and nobody's name stands in a legal text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sync.content.schemas import to_fields
from sync.documents.markdown import to_text
from sync.documents.model import Guide, Source
from tests.support import site_texts
from tests.support.site_texts import Text

# What only a source can say: a law, a sum, a penalty, a time limit, an office's address.
CLAIM = re.compile(
    r"\b(?:loi|décret|ordonnance) n°|\bla loi \w+ punit|\d[\d ]* (?:francs|millions|heures)\b|\b(?:sept|trois) (?:jours|mois)\b",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"à vérifier|d’après|selon |une (?:seule |seconde )?source|nous ne (?:savons|connaissons)|la presse (?:rapporte|\w+ a décrit)",
    re.IGNORECASE,
)
DOUBT_EN = re.compile(r"check|according to|we do not know", re.IGNORECASE)
# Digits one after another that could be dialled: not a date, an amount, a law's number, an address of the web.
TELEPHONE = re.compile(r"(?<![\w°/.-])\+?\d{2,}(?:[ .]?\d{2,}){1,5}(?![\w°/-])")
AMOUNT = re.compile(r"\d[\d ]* (?:francs|millions)|\b(?:19|20)\d\d\b|n° ?[\w-]+")
TITLE = r"(?:M\.|Mme|Mlle|Monsieur|Madame|Maître|Me|Dr|Docteur|Général|Colonel|Capitaine|Commissaire|Procureur|Juge|Ministre)"
PERSON = re.compile(rf"\b{TITLE} (?!le\b|la\b|du\b|de\b|des\b|d’)[A-ZÉ][\w’-]+")
FAMILIES = re.compile(
    r"\b(?:Traor[ée]|Ke[iï]ta|Diallo|Coulibaly|Tour[ée]|Ma[iï]ga|Diarra|Sidib[ée]|Ciss[ée]|Konat[ée]|Konar[ée]|Sangar[ée]|Demb[ée]l[ée]|"
    r"Doumbia|Sissoko|Camara|Ou[ée]draogo|Sawadogo|Zongo|Kabor[ée]|Compaor[ée]|Ndiaye|Diop|Sarr|Ould|Mahamat|Issoufou|Moussa|Ibrahim)\b"
)


def sources(writing: Text) -> Sequence[Source]:
    return writing.document.sources if isinstance(writing.document, Guide) else writing.document.evidence


def both() -> list[Text]:
    return [*site_texts.written("fr"), *site_texts.written("en")]


def test_what_states_a_law_a_sum_or_a_time_limit_has_a_source() -> None:
    assert [
        writing.path for writing in site_texts.written() if CLAIM.search(writing.text) and not sources(writing)
    ] == []


def test_what_rests_on_an_unchecked_source_says_so_to_the_reader() -> None:
    def silent(writing: Text) -> bool:
        doubt = DOUBT if writing.document.lang == "fr" else DOUBT_EN
        return any(not source.checked for source in sources(writing)) and not doubt.search(writing.body)

    assert [writing.path for writing in both() if silent(writing)] == []


def test_every_source_has_a_date_and_none_lies_ahead() -> None:
    def wrong(writing: Text) -> list[str]:
        return [source.name for source in sources(writing) if not source.date or source.date > writing.document.updated]

    assert [(writing.path, wrong(writing)) for writing in both() if wrong(writing)] == []


def test_a_telephone_number_has_its_own_source_and_asks_to_be_checked() -> None:
    for writing in both():
        for paragraph in to_text(writing.body).split("\n"):
            if TELEPHONE.search(AMOUNT.sub("", paragraph)):
                named = [
                    source
                    for source in sources(writing)
                    if re.search(r"numéro|téléphone|number|telephone|line", source.name)
                ]
                assert named, f"{writing.path}: {paragraph}"
                assert all(source.checked for source in named) or re.search(
                    r"vérifier|[Ee]ssayez|[Cc]heck", paragraph
                ), writing.path


def test_an_office_with_a_telephone_has_sources() -> None:
    offices = [office for country in site_texts.library().authorities.values() for office in country.authorities]
    reached = [office for office in offices if office.phone or office.email or office.address]
    assert [office.slug for office in reached if not (office.sources or office.facts)] == []


def test_a_mail_address_has_a_source() -> None:
    assert [writing.path for writing in both() if re.search(r"\w@\w", writing.body) and not sources(writing)] == []


def test_the_pattern_finds_a_number_and_leaves_amounts_and_dates() -> None:
    def found(text: str) -> bool:
        return bool(TELEPHONE.search(AMOUNT.sub("", text)))

    assert all(map(found, ("le 80333", "appelez le 80 00 11 32", "(226) 25 37 61 04", "+223 20 22 33 44")))
    assert not any(
        map(
            found,
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
    named = [(path, found) for path, text in legal for pattern in (PERSON, FAMILIES) for found in pattern.findall(text)]
    assert named == []


def test_no_person_is_named_in_a_guide_or_notice() -> None:
    assert [
        (writing.path, found)
        for writing in both()
        for pattern in (PERSON, FAMILIES)
        for found in pattern.findall(writing.text)
    ] == []
