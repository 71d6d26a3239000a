"""Floors of what `make check` prints about the content: facts with a page, emergency lines, cited checks."""

from __future__ import annotations

from sync.documents.emergency import SERVICES
from tests.support import content_figures, site_texts

FACTS_WITH_A_PAGE = 300
CITED_CHECKS = 20


def test_every_law_number_time_limit_and_verdict_leads_to_a_page() -> None:
    assert [(claim.kind, claim.at, claim.text) for claim in content_figures.claims() if not claim.has_page] == []


def test_most_facts_lead_to_a_page() -> None:
    assert sum(source.has_page for source in content_figures.all_sources()) >= FACTS_WITH_A_PAGE


def test_every_country_has_the_eight_emergency_lines() -> None:
    assert {
        country: tuple(line.service for line in offices.emergency)
        for country, offices in site_texts.library().authorities.items()
    } == dict.fromkeys(site_texts.library().authorities, SERVICES)


def test_every_essential_guide_has_sources_pictures_a_script_and_reviewed_english() -> None:
    assert {
        slug: missing
        for slug, has in content_figures.essential_guides().items()
        if (missing := {"sources", "pictures", "script", "English"} - has)
    } == {}


def test_everything_that_an_english_reader_needs_is_in_english() -> None:
    assert {kind: total for kind, (count, total) in content_figures.english_coverage().items() if count < total} == {}


def test_notices_cite_checks_that_somebody_published() -> None:
    assert len(content_figures.notices_that_cite_a_check()) >= CITED_CHECKS


def test_every_addition_that_a_review_asked_for_is_there_with_pictures_and_a_script() -> None:
    assert content_figures.additions_present() == list(content_figures.ADDITIONS.values())
    scripts = {script.parent.name for script in site_texts.scripts()}
    guides = {writing.document.slug: writing for writing in site_texts.guides()}
    for slug in content_figures.ADDITIONS.values():
        if slug != "danger":
            assert slug in scripts, slug
            assert "](pictogram:" in guides[slug].body, slug
            assert any(source.has_page for source in guides[slug].document.sources), slug


def test_each_point_of_the_debate_says_who_decides_and_what_it_may_cost() -> None:
    assert content_figures.debate_points() == content_figures.DEBATE_POINTS


def test_each_recommendation_of_the_debate_is_a_document_that_its_guide_leads_to() -> None:
    assert len(content_figures.debate_recommendations()) == content_figures.DEBATE_POINTS


def test_every_point_on_law_that_a_review_named_is_mended() -> None:
    assert content_figures.law_points_mended() == list(content_figures.LAW_POINTS)
