"""The words of guides and notices: plain, short, spelled right, and said as a voice can say them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sync.content.schemas import to_fields
from sync.documents.model import HARMS, STEPS
from tests.support import site_texts, spelling
from tests.support.readability import ease, sentences, words

LEAST_EASE = 80.0  # Kandel and Moles: easy, what a pupil of eleven or twelve reads
USUAL_EASE = 90.0  # of all taken together: very easy
LONGEST_SENTENCE = 18
LONGEST_SPOKEN = 16
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
    "authority",
    "receives",
    "name",
    "url",
    "code",
    "site",
    "email",
    "phone",
    "date",
    "updated",
    "order",
}


def test_every_text_is_easy_to_read() -> None:
    assert [
        f"{writing.path}: {ease(writing.text):.0f}"
        for writing in site_texts.written()
        if ease(writing.text) < LEAST_EASE
    ] == []


def test_the_texts_together_are_very_easy_to_read() -> None:
    assert ease("\n".join(writing.text for writing in site_texts.written())) > USUAL_EASE


def test_sentences_are_short() -> None:
    long = [
        (writing.path, said)
        for writing in site_texts.written()
        for said in sentences(writing.text)
        if len(words(said)) > LONGEST_SENTENCE
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
    titles = [topic.titles["en"] for topic in site_texts.library().topics]
    assert (
        spelling.unknown([*(writing.text for writing in site_texts.written("en")), *_scripts("en"), *titles], "en")
        == []
    )


def test_texts_keep_one_kind_of_apostrophe_and_quotation_mark() -> None:
    assert [
        writing.path
        for lang in ("fr", "en")
        for writing in site_texts.written(lang)
        if re.search(r"['\"]", writing.text)
    ] == []


def test_every_essential_guide_has_its_words_for_a_voice() -> None:
    spoken = {script.parent.name for script in site_texts.scripts() if script.name == "fr.audio.md"}
    assert spoken == {
        slug for (slug, lang), guide in site_texts.library().guides.items() if lang == "fr" and guide.essential
    }


def test_a_script_can_be_read_aloud_as_it_stands() -> None:
    """Numbers in words, no link, no sign that a voice does not say, sentences for one breath."""
    for script in site_texts.scripts():
        text = script.read_text("utf-8")
        assert not re.search(r"[\d\[\]()*#_/@<>%&+=]|https?:", text), script
        assert not [said for said in sentences(text) if len(words(said)) > LONGEST_SPOKEN], script
        assert len(words(text)) in SCRIPT_WORDS, (script, len(words(text)))
        assert "Que faire maintenant" in text, script


def _scripts(lang: str) -> list[str]:
    return [script.read_text("utf-8") for script in site_texts.scripts() if script.name == f"{lang}.audio.md"]


def _prose(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if key not in NOT_PROSE and value not in (*HARMS, *STEPS):
            yield value
    elif isinstance(value, dict):
        for name, held in value.items():
            yield from _prose(held, name)
    elif isinstance(value, list):
        for held in value:
            yield from _prose(held, key)
