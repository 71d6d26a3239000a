"""A complaint path is the country's route over the general one, with authorities and letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.complaints import resolve_path, resolve_paths
from sync.documents.model import HARMS, ComplaintStep, HarmRoute, Site
from sync.errors import NotFound
from tests.support.sample_complaint_paths import (
    COMPLAINT_LETTER,
    LAW,
    OFFENDER_STEP,
    POLICE,
    POLICE_STEP,
    general_route,
    library,
    library_with_insult,
)


def test_without_a_country_route_the_general_path_finds_the_countrys_offices() -> None:
    walked = resolve_path(library(), "ML", "scam", "fr")
    assert [step.step for step in walked.steps] == ["police"]
    assert [office.slug for office in walked.steps[0].addressees] == ["police", "brigade"]


def test_an_office_that_does_not_receive_the_harm_is_not_named() -> None:
    assert [office.slug for office in resolve_path(library(), "ML", "child", "fr").steps[0].addressees] == ["police"]


def test_the_office_a_country_names_comes_first_and_in_the_letter() -> None:
    step = resolve_path(library_with_insult(authority="brigade"), "ML", "insult", "fr").steps[1]
    assert [office.slug for office in step.addressees] == ["brigade", "police"]
    assert step.letter is not None
    assert step.letter.body.startswith("À : Brigade\n")


def test_the_letter_names_the_office_with_its_short_name() -> None:
    letter = resolve_path(library(), "ML", "image", "fr").steps[0].letter
    assert letter is not None
    assert letter.body == "À : Commissariat (COM)\n\nJe suis {nom}."


def test_laws_fill_the_letter_and_stand_among_the_facts() -> None:
    step = resolve_path(library_with_insult(laws=(LAW, replace(LAW, text="Code pénal"))), "ML", "insult", "fr").steps[1]
    assert step.letter is not None
    assert "Texte : Loi n°1 du 2 janvier 2003 ; Code pénal." in step.letter.body
    assert LAW in step.facts


def test_a_country_adds_letters_for_other_moments_to_the_general_ones() -> None:
    reminder = replace(COMPLAINT_LETTER, slug="relance", body="À : {destinataire}\n\nLe {depot}, j’ai écrit.")
    general = general_route("insult")
    steps = (replace(OFFENDER_STEP, other_letters=("relance",)), replace(POLICE_STEP, other_letters=("relance",)))
    sample = library(
        HarmRoute("insult", steps=(ComplaintStep("police", other_letters=("plainte-2", "relance")),)),
        insult=replace(general, steps=steps),
    )
    second = replace(COMPLAINT_LETTER, slug="plainte-2")
    templates = {**sample.templates, ("relance", "fr"): reminder, ("plainte-2", "fr"): second}
    step = resolve_path(replace(sample, templates=templates), "ML", "insult", "fr").steps[1]
    assert [letter.template.slug for letter in step.letters] == ["plainte", "relance", "plainte-2"]
    assert step.other_letters[0].body == "À : Commissariat (COM)\n\nLe {depot}, j’ai écrit."


def test_a_countrys_words_win_and_its_silence_keeps_the_general_ones() -> None:
    step = resolve_path(library_with_insult(do="Signalez en ligne."), "ML", "insult", "fr").steps[1]
    assert (step.do, step.wait, step.needs) == ("Signalez en ligne.", "Un mois.", ("La preuve",))


def test_a_step_that_only_a_country_has_comes_last() -> None:
    local = HarmRoute("image", steps=(ComplaintStep("platform", do="Signalez.", wait="Une semaine."),))
    assert [step.step for step in resolve_path(library(local), "ML", "image", "fr").steps] == ["police", "platform"]


def test_an_office_step_is_left_out_where_the_country_has_no_such_office() -> None:
    sample = library()
    without = replace(sample, authorities={"ML": replace(sample.authorities["ML"], authorities=(POLICE,))})
    assert [step.step for step in resolve_path(without, "ML", "insult", "fr").steps] == ["offender", "police"]


def test_a_country_cannot_allow_what_the_general_path_forbids() -> None:
    walked = resolve_path(library(HarmRoute("child", title="Chez nous")), "ML", "child", "fr")
    assert (walked.title, walked.contact_offender, walked.danger) == ("Chez nous", False, "Danger.")


def test_a_letter_missing_in_the_channels_language_is_the_sites() -> None:
    letter = resolve_path(library(), "ML", "image", "en").steps[0].letter
    assert letter is not None
    assert letter.template.lang == "fr"


def test_a_worse_case_is_named_with_the_title_of_its_path() -> None:
    walked = resolve_path(library(HarmRoute("image", instead=("child",))), "ML", "image", "fr")
    assert walked.instead == (("child", "Titre child"),)


def test_paths_come_in_the_order_of_harms() -> None:
    assert tuple(walked.harm for walked in resolve_paths(library(), "ML", "fr")) == HARMS


def test_a_harm_nobody_described_has_no_path() -> None:
    with pytest.raises(NotFound):
        resolve_path(replace(library(), routes={}, site=Site()), "ML", "insult", "fr")
