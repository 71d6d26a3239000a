"""Selection of documents for a channel: drafts, countries, fallback language, order, complaint routes."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from sync.alerts.library_with_alerts import Library
from sync.documents.data_translation import DataTranslation, TextPair
from sync.documents.model import (
    Authorities,
    Authority,
    ComplaintRoute,
    ComplaintStep,
    Correction,
    Guide,
    HarmRoute,
    LetterTemplate,
    Notice,
    Place,
    Places,
    Site,
    Topic,
)
from sync.documents.review import Review
from sync.rendering.document_selection import ChannelSelection, is_draft, select_documents, untranslated_languages
from tests.support.sample_library import pages

REVIEWED = Review("Awa", "2026-01-01")


def guide(slug: str, lang: str = "fr", **fields: object) -> Guide:
    return dataclasses.replace(Guide(slug, lang, slug, "Texte."), **fields)  # type: ignore[arg-type]


def library(*guides: Guide, **fields: object) -> Library:
    base = Library(guides={(guide.slug, guide.lang): guide for guide in guides})
    return dataclasses.replace(base, **fields)  # type: ignore[arg-type]


def shown(choice: ChannelSelection) -> list[tuple[str, str, bool]]:
    return [(guide.document.slug, guide.document.lang, guide.is_fallback) for guide in choice.guides]


def test_the_original_needs_no_review_and_a_translation_does() -> None:
    books = library(guide("a"), guide("a", "bm"), guide("b"), guide("b", "bm", reviewed=REVIEWED))
    assert shown(select_documents(books, "fr-ML")) == [("a", "fr", False), ("b", "fr", False)]
    assert shown(select_documents(books, "bm-ML")) == [("a", "fr", True), ("b", "bm", False)]


def test_a_site_may_show_the_drafts_of_a_language() -> None:
    books = library(guide("a"), guide("a", "bm"), guide("a", "ff"), site=Site(drafts=("bm",)))
    assert shown(select_documents(books, "bm-ML")) == [("a", "bm", False)]
    assert shown(select_documents(books, "ff-ML")) == [("a", "fr", True)]


def test_a_translation_without_original_is_shown_in_its_language_only() -> None:
    books = library(guide("a", "bm", reviewed=REVIEWED))
    assert shown(select_documents(books, "bm-ML")) == [("a", "bm", False)]
    assert shown(select_documents(books, "fr-ML")) == []


def test_a_translated_notice_is_compared_with_the_wordings_of_its_original() -> None:
    original = Notice("a", "fr", "Titre", "Texte.", "Rumeur", "false", wordings=("ils arrivent",))
    notices = [
        original,
        dataclasses.replace(original, lang="en", wordings=(), reviewed=REVIEWED),
        dataclasses.replace(original, lang="bm", wordings=("u nana",), reviewed=REVIEWED),
    ]
    books = library(notices={(notice.slug, notice.lang): notice for notice in notices})
    assert [
        notice.document.wordings
        for channel in ("fr-ML", "en-ML", "bm-ML")
        for notice in select_documents(books, channel).notices
    ] == [("ils arrivent",), ("ils arrivent",), ("u nana",)]


def test_a_translated_notice_that_its_original_has_overtaken_gives_way_to_it() -> None:
    def shown_language(**of_original: Any) -> str:
        original = dataclasses.replace(Notice("a", "fr", "Titre", "Texte.", "Rumeur", "unproven"), **of_original)
        english = Notice("a", "en", "Title", "Text.", "Rumour", "unproven", reviewed=REVIEWED)
        books = library(notices={(notice.slug, notice.lang): notice for notice in (original, english)})
        [entry] = select_documents(books, "en-ML").notices
        assert entry.is_fallback == (entry.document.lang == "fr")
        return entry.document.lang

    assert shown_language() == "en"
    assert shown_language(verdict="false") == "fr"
    assert shown_language(corrections=(Correction("2026-12-03", "Le jour était faux."),)) == "fr"


def test_paths_and_offices_are_in_a_language_when_all_of_their_texts_are() -> None:
    offices = Authorities("ML", "Mali", (Authority("apdp", "Autorité", "authority", ("insult",)),))
    english = {"en": DataTranslation((TextPair("Mali", "Mali"), TextPair("Autorité", "Authority")), REVIEWED)}
    route = ComplaintRoute("ML", (HarmRoute("insult", "On m’insulte", ("Gardez la preuve.",)),))
    texts = (TextPair("On m’insulte", "I am insulted"), TextPair("Gardez la preuve.", "Keep the proof."))

    def choose(**english_route: DataTranslation) -> ChannelSelection:
        files = {
            "routes": {"ML": dataclasses.replace(route, translations=english_route)},
            "authorities": {"ML": dataclasses.replace(offices, translations=english)},
        }
        return select_documents(library(**files), "en-ML")

    whole = choose(en=DataTranslation(texts, REVIEWED))
    assert (whole.is_data_fallback, whole.route.harms[0].first) == (False, ("Keep the proof.",))
    assert whole.authorities.authorities[0].name == "Authority"
    for part in (DataTranslation(texts[:1], REVIEWED), DataTranslation(texts)):
        choice = choose(en=part)
        assert (choice.is_data_fallback, choice.route.harms[0].title) == (True, "On m’insulte")
        assert choice.authorities.authorities[0].name == "Autorité"


def test_documents_for_other_countries_stay_out() -> None:
    books = library(
        guide("a", countries=("BF",)), guide("b"), guide("c"), guide("c", "bm", reviewed=REVIEWED, countries=("ML",))
    )
    assert shown(select_documents(books, "fr-ML")) == [("b", "fr", False), ("c", "fr", False)]
    assert shown(select_documents(books, "fr-BF")) == [("a", "fr", False), ("b", "fr", False), ("c", "fr", False)]
    assert shown(select_documents(books, "bm-BF")) == [("a", "fr", True), ("b", "fr", True), ("c", "fr", True)]


def test_order_comes_first_then_the_title_without_accents() -> None:
    books = library(
        guide("z", title="Écrire"), guide("a", title="Fuir"), guide("b", title="eau"), guide("c", title="Zut", order=1)
    )
    assert [selected.document.title for selected in select_documents(books, "fr-ML").guides] == [
        "Zut",
        "eau",
        "Écrire",
        "Fuir",
    ]


def test_in_a_site_of_another_language_that_one_is_the_original() -> None:
    books = library(guide("a", "en"), guide("a", "fr"), site=Site(lang="en"))
    assert shown(select_documents(books, "fr-ML")) == [("a", "en", True)]
    assert is_draft(books.guides["a", "fr"], books.site)
    assert select_documents(books, "fr-ML").is_data_fallback


def test_a_letter_for_another_country_stays_out() -> None:
    def letter(slug: str, step: str, **fields: object) -> LetterTemplate:
        base = LetterTemplate(slug, "fr", slug, "x", ("scam",), step)
        return dataclasses.replace(base, **fields)  # type: ignore[arg-type]

    letters = [
        letter("a", "site"),
        letter("b", "police", countries=("ML",)),
        letter("c", "police", countries=("BF",)),
    ]
    choice = select_documents(
        library(templates={(template.slug, template.lang): template for template in letters}), "fr-ML"
    )
    assert [template.document.slug for template in choice.templates] == ["a", "b"]
    assert choice.template("a") is not None
    assert choice.template("c") is None


def test_the_countrys_path_lies_over_the_general_one() -> None:
    general = ComplaintRoute(
        "ANY",
        (
            HarmRoute("scam", "Arnaque", ("Gardez.",), (ComplaintStep("police", "Allez."),), contact_offender=False),
            HarmRoute("insult", "Insulte", ("Gardez.",), (ComplaintStep("site", "Écrivez."),)),
        ),
        "2026-01-01",
    )
    own = ComplaintRoute("ML", (HarmRoute("scam", first=("Prouvez.",)),), "2026-02-02")
    choice = select_documents(library(routes={"ANY": general, "ML": own}), "fr-ML")
    assert [entry.harm for entry in choice.route.harms] == ["insult", "scam"]
    scam = choice.harm("scam")
    assert scam is not None
    assert (scam.title, scam.first, scam.contact_offender) == ("Arnaque", ("Prouvez.",), False)
    assert choice.route.updated == "2026-02-02"
    assert choice.harm("child") is None


def test_a_country_without_data_has_empty_lists() -> None:
    office = Authority("apdp", "APDP", "authority", ("scam",))
    books = library(
        authorities={"ML": Authorities("ML", "Mali", (office,))},
        places={"BF": Places("BF", "Burkina Faso", (Place("BF-01", "Boucle"),))},
    )
    assert select_documents(books, "fr-ML").authorities.authorities == (office,)
    assert select_documents(books, "fr-ML").places == ()
    assert select_documents(books, "fr-BF").authorities == Authorities("BF", "Burkina Faso", ())
    assert select_documents(books, "fr-TD").authorities.name == "TD"


def test_places_have_the_names_of_the_channels_language() -> None:
    regions = (Place("ML-6", "Tombouctou", names={"en": "Timbuktu"}), Place("ML-7", "Gao"))
    books = library(places={"ML": Places("ML", "Mali", regions), "TD": Places("TD", "Tchad", (), {"en": "Chad"})})
    assert [place.name for place in select_documents(books, "en-ML").places] == ["Timbuktu", "Gao"]
    assert [place.name for place in select_documents(books, "fr-ML").places] == ["Tombouctou", "Gao"]
    assert select_documents(books, "en-TD").authorities.name == "Chad"


def test_topics_are_the_sites_or_those_that_documents_name() -> None:
    books = library(guide("a", topics=("mes-comptes",)))
    assert select_documents(books, "fr-ML").topics == (Topic("mes-comptes", "", {"fr": "Mes comptes"}),)
    listed = (Topic("x", "lock", {"fr": "X"}),)
    assert select_documents(dataclasses.replace(books, topics=listed), "fr-ML").topics == listed


def test_a_language_counts_as_translated_from_half_of_the_essential_guides_on() -> None:
    site = Site(channels=("fr-ML", "bm-ML", "en-ML"))
    books = library(
        *(guide(slug, essential=True) for slug in ("a", "b")),
        guide("a", "bm", reviewed=REVIEWED),
        guide("a", "en"),
        guide("b", "en"),
        site=site,
    )
    assert untranslated_languages(books) == {"en"}
    languages = pages(books, "fr-ML")["languages"].split("<h2>")[1:]
    assert ["Only the buttons" in text or "Seuls les boutons" in text for text in languages] == [False, False, True]


def test_the_list_of_languages_says_each_language_once_and_its_countries_below() -> None:
    books = library(site=Site(channels=("fr-ML", "en-ML", "fr-SN")))
    french, english = pages(books, "fr-ML")["languages"].split("<h2>")[1:]
    assert re.findall(r"hreflang=\w+><span>([^<]+)", french) == ["Mali", "Sénégal"]
    assert french.startswith("Français</h2>")
    assert re.findall(r"href=\.\./([\w-]+)/", english) == ["en-ML"]
