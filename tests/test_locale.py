"""Catalogs: every sentence translated, none obsolete, placeholders kept; dates, sizes and names in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from sync.locale import Language, Translator
from tests.support import repository
from tests.support.translatable_sentences import translatable_sentences

CATALOGS = sorted((repository.ROOT / "content/locale").glob("*.po"))
COMPLETE = ("en",)  # other languages may lack sentences: French shows
UPDATE = "run: python -m tests.support.translatable_sentences"


def holes(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w+\}", text.replace("{{", "").replace("}}", ""))))


@pytest.mark.parametrize("lang", COMPLETE)
def test_every_sentence_is_translated(lang: str) -> None:
    translated = Translator.load(repository.ROOT / "content/locale").catalogs[lang]
    assert (
        sorted(
            f"{place}: {sentence}" for sentence, place in translatable_sentences().items() if sentence not in translated
        )
        == []
    ), UPDATE


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_no_translation_is_left_over(path: Path) -> None:
    with path.open("rb") as file:
        translated = {str(message.id) for message in read_po(file, locale=path.stem) if message.id}
    assert sorted(translated - translatable_sentences().keys()) == [], UPDATE


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_translations_keep_their_holes(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale=path.stem) if message.id and message.string]
    assert [message.id for message in messages if holes(str(message.id)) != holes(str(message.string))] == []


def test_a_missing_translation_shows_french() -> None:
    english = Translator({"en": {"Vrai": "True"}}).language_of("en")
    assert (english("Vrai"), english("Faux"), english("{n} pages", n=3)) == ("True", "Faux", "3 pages")


def test_an_unknown_language_speaks_french() -> None:
    strange = Translator().language_of("xx")
    assert (strange("Vrai"), strange.date("2026-11-24"), strange.country("ML")) == ("Vrai", "24 novembre 2026", "Mali")


@pytest.mark.parametrize(
    ("lang", "written", "words"),
    [
        ("fr", "2026-11-24", "24 novembre 2026"),
        ("fr", "2026-11-01", "1er novembre 2026"),
        ("fr", "2026-11-11", "11 novembre 2026"),
        ("fr", "2026-08", "août 2026"),
        ("fr", "2026", "2026"),
        ("fr", "jadis", "jadis"),
        ("fr", "", ""),
        ("en", "2026-11-24", "November 24, 2026"),
        ("bm", "2026-11-24", "24 nowanburu 2026"),
    ],
)
def test_dates_are_written_in_words(lang: str, written: str, words: str) -> None:
    assert Language(lang).date(written) == words


@pytest.mark.parametrize(("count", "words"), [(340, "340 octets"), (12_345, "12 ko"), (1_400_000, "1,4 Mo")])
def test_sizes_are_written_in_words(count: int, words: str) -> None:
    assert Language("fr").size(count) == words


def test_languages_have_their_own_names_and_directions() -> None:
    assert [Language(code).name for code in ("fr", "en", "bm", "ff", "ha", "ar")] == [
        "Français",
        "English",
        "Bamanankan",
        "Fulfulde",
        "Hausa",
        "العربية",
    ]
    assert [Language(code).direction for code in ("fr", "ar", "nqo")] == ["ltr", "rtl", "rtl"]
    assert Language("fr").name_of("bm") == "bambara"
    assert Language("en").name_of("fr") == "French"
