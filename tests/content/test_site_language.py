"""The language of guides and notices: easy, short, spelled correctly; scripts of recordings can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.complaints.path_language import country_files, needed_texts
from sync.content.schemas import to_fields
from sync.documents.model import HARMS, STEPS
from sync.documents.readability import ease, sentences, words
from tests.support import site_texts, spelling

MIN_EASE = 80.0  # Kandel and Moles: easy for a pupil of eleven or twelve
MIN_EASE_OF_ALL = 90.0  # very easy
MAX_SENTENCE_WORDS = 18
MAX_SPOKEN_WORDS = 16
SCRIPT_WORDS = range(120, 281)  # one to two minutes
NOT_PROSE = {
    "slug",
    "lang",
    "harms",
    "harm",
    "step",
    "country",
    "topics",
    "guides",
    "template",
    "other_letters",
    "authority",
    "receives",
    "service",
    "name",
    "url",
    "code",
    "site",
    "email",
    "phone",
    "date",
    "updated",
    "order",
    "keywords",
    "wordings",
}


FRENCH_NAME = re.compile(r"\((?:Agence|Autorité|Commission|Haute) [^)]*\)")  # of an office, behind its English one


def test_every_text_is_easy_to_read() -> None:
    assert [
        f"{writing.path}: {ease(writing.text):.0f}" for writing in site_texts.written() if ease(writing.text) < MIN_EASE
    ] == []


def test_the_texts_together_are_very_easy_to_read() -> None:
    assert ease("\n".join(writing.text for writing in site_texts.written())) > MIN_EASE_OF_ALL


def test_sentences_are_short() -> None:
    long = [
        (writing.path, sentence)
        for writing in site_texts.written()
        for sentence in sentences(writing.text)
        if len(words(sentence)) > MAX_SENTENCE_WORDS
    ]
    assert long == []


def test_guides_speak_to_the_reader_as_vous() -> None:
    intimate = re.compile(r"\b(?:tu|toi|tes|(?<!le )ton|ta)\b", re.IGNORECASE)
    quoted = re.compile(r"« [^»]* »|: (?:je te crois|pas ta faute)[^.]*")
    assert [writing.path for writing in site_texts.written() if intimate.search(quoted.sub("", writing.body))] == []


def test_every_french_word_is_known() -> None:
    library = site_texts.library()
    others = [
        text
        for kind, documents in (
            ("template", library.templates),
            ("route", library.routes),
            ("authorities", library.authorities),
        )
        for document in documents.values()
        if getattr(document, "lang", "fr") == "fr"
        for text in _prose(to_fields(kind, document))
    ]
    topics = [topic.titles["fr"] for topic in library.topics]
    assert (
        spelling.unknown([*(writing.text for writing in site_texts.written()), *_scripts("fr"), *others, *topics]) == []
    )


def test_every_english_word_is_known() -> None:
    library = site_texts.library()
    titles = [topic.titles["en"] for topic in library.topics]
    letters = [
        text
        for template in library.templates.values()
        if template.lang == "en"
        for text in _prose(to_fields("template", template))
    ]
    paths = [
        FRENCH_NAME.sub("", pair.translation)
        for country in library.authorities
        for file in country_files(library, country)
        for pair in file.translations["en"].texts
        if pair.original in set(needed_texts(file))
    ]
    texts = [*(writing.text for writing in site_texts.written("en")), *_scripts("en"), *titles, *letters, *paths]
    assert spelling.unknown(texts, "en") == []


def test_texts_use_typographic_apostrophes_and_quotation_marks() -> None:
    assert [
        writing.path
        for lang in ("fr", "en")
        for writing in site_texts.written(lang)
        if re.search(r"['\"]", writing.text)
    ] == []


def test_every_essential_guide_has_a_script_for_its_recording() -> None:
    recorded = {script.parent.name for script in site_texts.scripts() if script.name == "fr.audio.md"}
    essential = {
        slug for (slug, lang), guide in site_texts.library().guides.items() if lang == "fr" and guide.essential
    }
    assert essential - recorded == set()


def test_a_script_can_be_read_aloud_unchanged() -> None:
    """Numbers are words, sentences are short, and there are no links and no signs without a pronunciation."""
    for script in site_texts.scripts():
        text = script.read_text("utf-8")
        assert not re.search(r"[\d\[\]()*#_/@<>%&+=]|https?:", text), script
        assert not [sentence for sentence in sentences(text) if len(words(sentence)) > MAX_SPOKEN_WORDS], script
        assert len(words(text)) in SCRIPT_WORDS, (script, len(words(text)))
        assert "Que faire maintenant" in text, script


def _scripts(lang: str) -> list[str]:
    return [script.read_text("utf-8") for script in site_texts.scripts() if script.name == f"{lang}.audio.md"]


def _prose(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if key not in NOT_PROSE and value not in (*HARMS, *STEPS):
            yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in ("source", "sources", "to_ring", "places", "translations"):  # others' words, codes
                yield from _prose(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _prose(item, key)
