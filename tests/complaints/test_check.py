"""Every fault of a complaint route is refused with file, line and code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.alerts.library_with_alerts import Library
from sync.complaints import find_path_errors
from sync.documents.model import Authorities, ComplaintRoute, ComplaintStep, HarmRoute, LetterField, Site
from tests.support.sample_complaint_paths import (
    COMPLAINT_LETTER,
    LAW,
    OFFENDER_STEP,
    POLICE_STEP,
    REQUEST_LETTER,
    general_route,
    library,
    library_with_insult,
)


def with_template(**changes: object) -> Library:
    sample = library()
    changed = replace(COMPLAINT_LETTER, **changes)  # type: ignore[arg-type]
    return replace(sample, templates={**sample.templates, ("plainte", "fr"): changed})


def without_offices() -> Library:
    return replace(library(), authorities={"ML": Authorities("ML", "Mali", ())})


BAD: dict[str, tuple[Callable[[], Library], str, str]] = {
    "no step at all": (
        lambda: library(image=replace(general_route("image"), steps=())),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "nothing when all failed": (
        lambda: library(image=replace(general_route("image"), last=())),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "no first thing to do": (
        lambda: library(image=replace(general_route("image"), first=())),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "a step without an end": (
        lambda: library(image=replace(general_route("image"), steps=(replace(POLICE_STEP, wait=""),))),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "a step without an act": (
        lambda: library(image=replace(general_route("image"), steps=(replace(POLICE_STEP, do=""),))),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "only the offender": (
        lambda: library(image=replace(general_route("image"), steps=(OFFENDER_STEP,))),
        "routes/ANY.yaml",
        "path-dead-end",
    ),
    "no office in the country": (without_offices, "routes/ANY.yaml", "path-dead-end"),
    "the same step again": (
        lambda: library(image=replace(general_route("image"), steps=(POLICE_STEP, OFFENDER_STEP, POLICE_STEP))),
        "routes/ANY.yaml",
        "path-loop",
    ),
    "paths that send to each other": (
        lambda: library(
            image=replace(general_route("image"), instead=("insult",)),
            insult=replace(general_route("insult"), instead=("image",)),
        ),
        "routes/ANY.yaml",
        "path-loop",
    ),
    "another path that is not there": (
        lambda: replace(
            library(), routes={"ANY": ComplaintRoute("ANY", (replace(general_route("image"), instead=("child",)),))}
        ),
        "routes/ANY.yaml",
        "path-missing",
    ),
    "a harm that one country leaves out": (
        lambda: replace(
            library(),
            site=Site(channels=("fr-ML", "fr-BF")),
            routes={"ML": ComplaintRoute("ML", (general_route("insult"),))},
        ),
        "routes/ANY.yaml",
        "path-missing",
    ),
    "an unknown office": (lambda: library_with_insult(authority="mairie"), "routes/ML.yaml", "office-unknown"),
    "an office in the general path": (
        lambda: library(image=replace(general_route("image"), steps=(replace(POLICE_STEP, authority="police"),))),
        "routes/ANY.yaml",
        "office-unknown",
    ),
    "an office for another step": (lambda: library_with_insult(authority="parquet"), "routes/ML.yaml", "office-step"),
    "an office that does not receive it": (
        lambda: library(HarmRoute("image", steps=(ComplaintStep("police", authority="brigade"),))),
        "routes/ML.yaml",
        "office-harm",
    ),
    "an unknown letter": (lambda: library_with_insult(template="poeme"), "routes/ML.yaml", "letter-unknown"),
    "a letter for another step": (lambda: library_with_insult(template="demande"), "routes/ML.yaml", "letter-step"),
    "a letter for another harm": (lambda: with_template(harms=("insult",)), "routes/ANY.yaml", "letter-harm"),
    "another letter for another step": (
        lambda: library(
            image=replace(general_route("image"), steps=(replace(POLICE_STEP, other_letters=("demande",)),))
        ),
        "routes/ANY.yaml",
        "letter-step",
    ),
    "another letter that is missing": (
        lambda: library(
            image=replace(general_route("image"), steps=(replace(POLICE_STEP, other_letters=("perdue",)),))
        ),
        "routes/ANY.yaml",
        "letter-unknown",
    ),
    "a letter twice in one step": (
        lambda: library(
            image=replace(general_route("image"), steps=(replace(POLICE_STEP, other_letters=("plainte",)),))
        ),
        "routes/ANY.yaml",
        "letter-name",
    ),
    "a letter of another country": (lambda: with_template(countries=("BF",)), "routes/ANY.yaml", "letter-country"),
    "a hole without a field": (lambda: with_template(fields=()), "templates/plainte/fr.md", "letter-holes"),
    "a field without a hole": (
        lambda: with_template(fields=(*COMPLAINT_LETTER.fields, LetterField("age", "Âge"))),
        "templates/plainte/fr.md",
        "letter-holes",
    ),
    "an office in a letter to nobody": (
        lambda: replace(
            library(),
            templates={
                **library().templates,
                ("demande", "fr"): replace(REQUEST_LETTER, body="À {destinataire} : {liens}"),
            },
        ),
        "templates/demande/fr.md",
        "letter-nobody",
    ),
    "a law in a letter": (
        lambda: with_template(body=COMPLAINT_LETTER.body + " Voir l’article 12."),
        "templates/plainte/fr.md",
        "law-unsourced",
    ),
    "a law in free text": (
        lambda: library_with_insult(do="La loi n°2013-015 vous protège."),
        "routes/ML.yaml",
        "law-unsourced",
    ),
    "a waiting time as law": (
        lambda: library_with_insult(wait="Le délai légal est de 8 jours."),
        "routes/ML.yaml",
        "law-unsourced",
    ),
    "the offender where it is dangerous": (
        lambda: library(child=replace(general_route("child"), steps=(OFFENDER_STEP, POLICE_STEP))),
        "routes/ANY.yaml",
        "path-offender",
    ),
    "the offender by a country's own step": (
        lambda: library(HarmRoute("child", steps=(replace(OFFENDER_STEP, template=""),))),
        "routes/ML.yaml",
        "path-offender",
    ),
    "contact allowed where it never is": (
        lambda: library(child=replace(general_route("child"), contact_offender=True)),
        "routes/ANY.yaml",
        "path-contact",
    ),
    "a danger without a word": (
        lambda: library(child=replace(general_route("child"), danger="")),
        "routes/ANY.yaml",
        "path-danger",
    ),
}


def test_a_good_library_has_no_error() -> None:
    assert find_path_errors(library()) == []
    assert find_path_errors(library_with_insult(laws=(LAW,), authority="brigade")) == []


@pytest.mark.parametrize("case", BAD)
def test_a_bad_route_is_refused(case: str) -> None:
    make, file, code = BAD[case]
    errors = find_path_errors(make())
    assert (file, code) in {(error.path, error.code) for error in errors}
    assert all(error.text() for error in errors)


def test_a_site_without_routes_is_no_error() -> None:
    assert find_path_errors(replace(library(), routes={})) == []


def test_a_site_may_describe_some_harms_only() -> None:
    assert find_path_errors(replace(library(), routes={"ANY": ComplaintRoute("ANY", (general_route("image"),))})) == []


def test_the_line_is_asked_for_by_keys_and_indexes() -> None:
    questions: list[tuple[str, tuple[str | int, ...]]] = []

    def line(file: str, steps: tuple[str | int, ...]) -> int:
        questions.append((file, steps))
        return 42

    (error,) = find_path_errors(library_with_insult(authority="mairie"), line)
    assert error.line == 42
    assert questions == [("routes/ML.yaml", ("harms", 0, "steps", 0, "authority"))]


def test_a_dead_end_is_told_in_the_countrys_own_file_if_it_has_one() -> None:
    bare = library(HarmRoute("image", title="Chez nous"), image=replace(general_route("image"), last=()))
    assert [error.path for error in find_path_errors(bare)] == ["routes/ML.yaml"]
