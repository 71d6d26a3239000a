"""Guides and notices have the form promised by content/README.md: steps, ending, links, length, translations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

import brotli
import pytest

from sync.documents.country_blocks import text_for_country
from sync.documents.markdown import to_text
from sync.documents.model import HARMS, Guide, Notice
from sync.documents.readability import words
from sync.folding import terms
from sync.locale import Translator, load_catalog
from sync.rendering.render import Assets, render
from tests.support import site_texts
from tests.support.repository import ROOT
from tests.support.site_texts import Text, Writing

ENGLISH = ROOT / "content/locale/en.po"
GENERIC_VERDICTS = ("scam", "to-check")  # a pattern may hold true things: no other verdict is fair to it

ENDINGS = {"fr": "Que faire maintenant", "en": "What to do now"}
CHECK_YOURSELF = "Vérifier soi-même"
GUIDE_WORDS = range(230, 561)  # three to six minutes read aloud
NOTICE_WORDS = range(100, 301)
KILOBYTE = 1000
FIRST_SYNC = 140 * KILOBYTE  # 65 guides and 48 notices, half of them with the page of a published check
FIRST_PART = 30 * KILOBYTE

T = TypeVar("T", bound=Text)


def offenders(writings: Iterable[T], is_broken: Callable[[T], bool]) -> list[str]:
    """Paths of the texts that break a promise."""
    return [writing.path for writing in writings if is_broken(writing)]


def test_there_are_enough_guides_and_notices() -> None:
    essential = [writing for writing in site_texts.guides() if writing.document.essential]
    assert len(site_texts.guides()) >= 32
    assert len(site_texts.notices()) >= 12
    assert 8 <= len(essential) <= 10


def test_every_guide_has_five_steps_to_follow() -> None:
    assert offenders(site_texts.guides(), lambda writing: writing.steps < 5) == []


def test_every_notice_explains_how_to_check_it() -> None:
    assert (
        offenders(site_texts.notices(), lambda writing: CHECK_YOURSELF not in writing.headings or writing.steps < 3)
        == []
    )


@pytest.mark.parametrize("lang", list(ENDINGS))
def test_the_last_section_is_what_to_do_now_and_has_a_link(lang: str) -> None:
    def is_broken(writing: Text) -> bool:
        return writing.headings[-1] != ENDINGS[lang] or "](" not in writing.last_section

    assert offenders(site_texts.written(lang), is_broken) == []


def test_a_notice_is_either_general_or_says_where_it_was_seen() -> None:
    def is_broken(writing: Writing[Notice]) -> bool:
        notice = writing.document
        was_seen = bool(notice.seen_where and notice.seen_when and notice.evidence)
        return was_seen == notice.generic or notice.generic != writing.body.startswith("Cette fiche décrit un ")

    assert offenders(site_texts.notices(), is_broken) == []


def test_a_general_pattern_gets_no_verdict_that_a_true_thing_could_suffer_from() -> None:
    def is_unfair(writing: Writing[Notice]) -> bool:
        return writing.document.generic and writing.document.verdict not in GENERIC_VERDICTS

    assert offenders(site_texts.notices(), is_unfair) == []


def test_no_notice_names_a_fact_checker_that_does_not_exist() -> None:
    assert offenders(site_texts.notices(), lambda writing: "Kunnafoni" in writing.document.checked_by) == []


def test_a_verdict_about_what_was_seen_cites_a_page() -> None:
    def is_bare(writing: Writing[Notice]) -> bool:
        notice = writing.document
        return not notice.generic and not any(source.has_page for source in notice.evidence)

    assert offenders(site_texts.notices(), is_bare) == []


def test_no_paragraph_that_begins_with_one_country_reaches_another() -> None:
    def strays(writing: Text) -> bool:
        shown = text_for_country(writing.body, "NE").split("\n")
        return any(
            line.startswith(("Au Mali, ", "## Au Mali", "In Mali, ")) and "Burkina" not in line and "Niger" not in line
            for line in shown
        )

    texts = [writing for lang in ENDINGS for writing in site_texts.written(lang)]
    assert offenders([writing for writing in texts if not writing.document.countries], strays) == []


def test_every_notice_has_keywords() -> None:
    assert offenders(site_texts.notices(), lambda writing: len(writing.document.keywords) < 5) == []


def test_every_notice_has_twelve_wordings_of_its_own() -> None:
    """Messages of its kind as people say them: what somebody pastes is compared with these."""
    assert offenders(site_texts.notices(), lambda writing: len(writing.document.wordings) < 12) == []
    folded = [" ".join(terms(text)) for writing in site_texts.notices() for text in writing.document.wordings]
    assert [text for text, count in Counter(folded).items() if count > 1] == []


def test_every_topic_has_a_guide_and_every_text_a_topic() -> None:
    used = {topic for writing in site_texts.guides() for topic in writing.document.topics}
    assert [topic.slug for topic in site_texts.library().topics if topic.slug not in used] == []
    assert offenders(site_texts.written(), lambda writing: not writing.document.topics) == []


def test_every_topic_has_a_title_in_french_and_english() -> None:
    assert [topic.slug for topic in site_texts.library().topics if {"fr", "en"} - set(topic.titles)] == []


def test_every_complaint_path_is_linked_from_a_guide() -> None:
    linked = {link for writing in site_texts.guides() for link in writing.links}
    assert [harm for harm in HARMS if f"complaint:{harm}" not in linked] == []


def test_every_notice_is_linked_from_a_guide() -> None:
    linked = {link for writing in site_texts.guides() for link in writing.links}
    assert offenders(site_texts.notices(), lambda notice: f"notice:{notice.document.slug}" not in linked) == []


def test_texts_have_the_promised_length() -> None:
    def length(writing: Text) -> int:
        return len(words(to_text(writing.body)))

    assert [
        f"{writing.path}: {length(writing)}" for writing in site_texts.guides() if length(writing) not in GUIDE_WORDS
    ] == []
    assert [
        f"{writing.path}: {length(writing)}" for writing in site_texts.notices() if length(writing) not in NOTICE_WORDS
    ] == []


def test_every_text_has_the_date_of_its_last_update() -> None:
    assert offenders(site_texts.written(), lambda writing: not writing.document.updated) == []


def test_essential_guides_have_an_english_version() -> None:
    translated = {writing.document.slug for writing in site_texts.guides("en")}
    assert (
        offenders(site_texts.guides(), lambda guide: guide.document.essential and guide.document.slug not in translated)
        == []
    )


def test_a_translation_follows_its_original() -> None:
    """Sections, steps, links, sources and order are equal: readers of both languages get the same advice."""

    def form(writing: Text) -> tuple[object, ...]:
        document = writing.document
        sources = document.sources if isinstance(document, Guide) else document.evidence
        return (
            len(writing.headings),
            writing.steps,
            writing.body.count("\n\n"),
            sorted(writing.links),
            document.topics,
            document.countries,
            document.order,
            [(source.published, source.url, source.seen) for source in sources],
        )

    assert [
        translation.path for original, translation in site_texts.translations() if form(original) != form(translation)
    ] == []


def test_a_name_of_the_interface_is_quoted_in_english_as_english_readers_see_it() -> None:
    names = {" ".join(french.split()): english for french, english in load_catalog(ENGLISH).items()}
    pairs = [(original.text, translation.text) for original, translation in site_texts.translations()]
    library = site_texts.library()
    files = [file.translations["en"] for file in library.routes.values()]
    files += [file.translations["en"] for file in library.authorities.values()]
    pairs += [(pair.original, pair.translation) for file in files for pair in file.texts]
    quoted = [
        (name, english)
        for french, english in pairs
        for name in (" ".join(words.split()) for words in re.findall("«([^»]+)»", french))
        if name in names
    ]
    assert ("Porter plainte", "Complain") in {(name, names[name]) for name, _ in quoted}
    assert [(name, english) for name, english in quoted if f"“{names[name]}”" not in english] == []


def test_every_essential_guide_is_published_in_english_and_others_say_that_they_are_french() -> None:
    english = Translator({"en": load_catalog(ENGLISH)})
    pages = {page.path: page.body for page in render(site_texts.library(), "en-ML", Assets(translator=english))}
    for writing in site_texts.guides():
        guide = writing.document
        body = pages.get(f"guides/{guide.slug}")
        if body and guide.essential:
            assert "This page is not in your language yet" not in body, guide.slug
    assert "<small lang=en>(French)</small>" in pages["topics/comptes"]


def test_a_translation_asks_as_its_original_does_whether_it_was_understood() -> None:
    guides = site_texts.library().guides
    asked = {key: [len(question.answers) for question in guide.questions] for key, guide in guides.items()}
    assert sum(bool(answers) for answers in asked.values()) >= 6
    assert {key: answers for key, answers in asked.items() if answers != asked[key[0], "fr"]} == {}


@pytest.mark.parametrize("channel", ["fr-ML", "en-ML"])
def test_the_first_sync_of_a_channel_is_small(channel: str) -> None:
    """Pages only, without the styles of the shell, compressed with brotli at the level of a snapshot."""
    pages = render(site_texts.library(), channel, Assets())
    whole = "\n".join(page.body for page in pages).encode()
    first = "\n".join(page.body for page in pages if page.part == "first").encode()
    assert len(brotli.compress(whole)) < FIRST_SYNC
    assert len(brotli.compress(first)) < FIRST_PART
