"""Catalogs: every sentence translated, none obsolete, placeholders kept; dates, sizes and names in each language."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from server.settings import Settings
from server.web.app_build import AppBuild
from sync.locale import Language, Translator, load_catalog, read_catalog
from tests.support import repository
from tests.support.translatable_sentences import plural_sentences, translatable_sentences

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
    assert [sentence for sentence in plural_sentences() if "\0".join(sentence) not in translated] == [], UPDATE


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_no_translation_is_left_over(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale=path.stem) if message.id]
    known = translatable_sentences().keys() | plural_sentences().keys()
    left_over = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages} - known
    assert sorted(map(str, left_over)) == [], UPDATE


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_each_entry_is_whole_and_stands_once(path: Path) -> None:
    # a merge may leave an entry with two translations, or twice: readers of catalogs take one and are silent
    entries = path.read_text("utf-8").strip().split("\n\n")
    kinds = [re.findall(r"^(msgid|msgid_plural|msgstr(?:\[\d\])?) ", entry, re.M) for entry in entries]
    wholes = (["msgid", "msgstr"], ["msgid", "msgid_plural", "msgstr[0]", "msgstr[1]"])
    assert [entry for entry, kind in zip(entries, kinds, strict=True) if kind not in wholes] == []
    sentences = [entry[entry.index("msgid ") : entry.index("msgstr")] for entry in entries]
    assert sorted(sentence for sentence, times in Counter(sentences).items() if times > 1) == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_translations_keep_their_holes(path: Path) -> None:
    with path.open("rb") as file:
        messages = [message for message in read_po(file, locale=path.stem) if message.id and message.string]
    assert [message.id for message in messages if holes(str(message.id)) != holes(str(message.string))] == []


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_the_build_compiles_the_catalogs_that_are_parsed_without_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = read_catalog(path)
    monkeypatch.setattr(
        "sync.locale.read_catalog", lambda path: pytest.fail("parsed, though the build has compiled it")
    )
    assert load_catalog(path, AppBuild.read(Settings().app).catalogs) == parsed


@pytest.mark.parametrize("compiled", ['{"po": "of another file", "texts": {"Oui": "Old"}}', "[]", '{"po"', ""])
def test_a_catalog_compiled_from_another_file_or_damaged_is_not_believed(tmp_path: Path, compiled: str) -> None:
    (tmp_path / "en.po").write_text('msgid "Oui"\nmsgstr "Yes"\n')
    (tmp_path / "en.json").write_text(compiled)
    assert load_catalog(tmp_path / "en.po", tmp_path) == {"Oui": "Yes"}


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("fr", 0, "0 page"),
        ("fr", 1, "1 page"),
        ("fr", 2, "2 pages"),
        ("en", 0, "0 sheets"),
        ("en", 1, "1 sheet"),
        ("ha", 1, "1 page"),  # no catalog: French by the rule of French
        ("ar", 3, "3 few"),
    ],
)
def test_a_number_has_its_form(code: str, count: int, text: str) -> None:
    arabic = ("{count} zero", "{count} one", "{count} two", "{count} few", "{count} many", "{count} other")
    key = "{count} page\0{count} pages"
    translator = Translator({"en": {key: "{count} sheet\0{count} sheets"}, "ar": {key: "\0".join(arabic)}})
    assert translator.language_of(code).plural("{count} page", "{count} pages", count) == text


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
