"""Guides and notices keep the form that content/README.md promises: enough of them, steps, an ending, links, sizes, translations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import brotli
import pytest

from sync.documents.markdown import to_text
from sync.documents.model import HARMS, Guide, Notice
from sync.rendering.render import Assets, render
from tests.support import site_texts
from tests.support.readability import words
from tests.support.site_texts import Text, Writing

ENDINGS = {"fr": "Que faire maintenant", "en": "What to do now"}
CHECK_YOURSELF = "Vérifier soi-même"
GUIDE_WORDS = range(230, 561)  # three to six minutes read aloud
NOTICE_WORDS = range(100, 301)
KILOBYTE = 1000
FIRST_SYNC = 120 * KILOBYTE
FIRST_PART = 30 * KILOBYTE

T = TypeVar("T", bound=Text)


def offenders(writings: Iterable[T], broken: Callable[[T], bool]) -> list[str]:
    """Paths for which `broken` holds: an empty list is what every promise asks for."""
    return [writing.path for writing in writings if broken(writing)]


def test_there_are_enough_guides_and_notices() -> None:
    essential = [writing for writing in site_texts.guides() if writing.document.essential]
    assert len(site_texts.guides()) >= 32
    assert len(site_texts.notices()) >= 12
    assert 8 <= len(essential) <= 10


def test_every_guide_has_five_steps_to_follow() -> None:
    assert offenders(site_texts.guides(), lambda writing: writing.steps < 5) == []


def test_every_notice_shows_how_to_check_by_oneself() -> None:
    assert (
        offenders(site_texts.notices(), lambda writing: CHECK_YOURSELF not in writing.headings or writing.steps < 3)
        == []
    )


@pytest.mark.parametrize("lang", list(ENDINGS))
def test_what_to_do_now_comes_last_and_leads_somewhere(lang: str) -> None:
    def broken(writing: Text) -> bool:
        return writing.headings[-1] != ENDINGS[lang] or "](" not in writing.last_section

    assert offenders(site_texts.written(lang), broken) == []


def test_general_patterns_are_called_so_and_others_say_where_they_were_seen() -> None:
    def broken(writing: Writing[Notice]) -> bool:
        notice = writing.document
        seen = bool(notice.seen_where and notice.seen_when and notice.evidence)
        return seen == notice.generic or notice.generic != writing.body.startswith("Cette fiche décrit un ")

    assert offenders(site_texts.notices(), broken) == []


def test_every_notice_can_be_found_by_the_words_of_a_message() -> None:
    assert offenders(site_texts.notices(), lambda writing: len(writing.document.keywords) < 5) == []


def test_every_topic_has_a_guide_and_every_writing_a_topic() -> None:
    used = {topic for writing in site_texts.guides() for topic in writing.document.topics}
    assert [topic.slug for topic in site_texts.library().topics if topic.slug not in used] == []
    assert offenders(site_texts.written(), lambda writing: not writing.document.topics) == []


def test_every_topic_has_a_title_in_french_and_english() -> None:
    assert [topic.slug for topic in site_texts.library().topics if {"fr", "en"} - set(topic.titles)] == []


def test_guides_lead_to_every_complaint_path() -> None:
    linked = {link for writing in site_texts.guides() for link in writing.links}
    assert [harm for harm in HARMS if f"complaint:{harm}" not in linked] == []


def test_every_notice_is_reached_from_a_guide() -> None:
    linked = {link for writing in site_texts.guides() for link in writing.links}
    assert offenders(site_texts.notices(), lambda notice: f"notice:{notice.document.slug}" not in linked) == []


def test_lengths_fit_a_sitting() -> None:
    def length(writing: Text) -> int:
        return len(words(to_text(writing.body)))

    assert [
        f"{writing.path}: {length(writing)}" for writing in site_texts.guides() if length(writing) not in GUIDE_WORDS
    ] == []
    assert [
        f"{writing.path}: {length(writing)}" for writing in site_texts.notices() if length(writing) not in NOTICE_WORDS
    ] == []


def test_every_writing_says_when_it_was_last_gone_over() -> None:
    assert offenders(site_texts.written(), lambda writing: not writing.document.updated) == []


def test_essential_guides_have_an_english_version() -> None:
    translated = {writing.document.slug for writing in site_texts.guides("en")}
    assert (
        offenders(site_texts.guides(), lambda one: one.document.essential and one.document.slug not in translated) == []
    )


def test_a_translation_follows_its_original() -> None:
    """Same sections, steps, links, sources and place: a reader of either language gets the same advice."""

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
            [(source.date, source.url, source.checked) for source in sources],
        )

    assert [
        translation.path for original, translation in site_texts.translations() if form(original) != form(translation)
    ] == []


@pytest.mark.parametrize("channel", ["fr-ML", "en-ML"])
def test_the_first_sync_of_a_channel_is_small(channel: str) -> None:
    """The pages alone, without the styles that the build puts into the shell; brotli as hard as a snapshot is compressed."""
    pages = render(site_texts.library(), channel, Assets())
    whole = "\n".join(page.body for page in pages).encode()
    first = "\n".join(page.body for page in pages if page.part == "first").encode()
    assert len(brotli.compress(whole)) < FIRST_SYNC
    assert len(brotli.compress(first)) < FIRST_PART
