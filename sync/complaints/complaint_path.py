"""A path: a country's route laid over the general one, with its offices and its letters ready to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sync.documents.library import DocumentLibrary
from sync.documents.model import HARMS, OFFICES, Authority, ComplaintStep, Fact, HarmRoute, LetterTemplate
from sync.errors import NotFound

GENERAL = "ANY"
AUTOMATIC_PLACEHOLDERS = ("destinataire", "loi")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A template made ready for one path: addressee and laws are filled in, the person's own `{holes}` remain in `body`."""

    template: LetterTemplate
    body: str


@dataclass(frozen=True, slots=True)
class ComplaintPathStep:
    """One step, resolved. `addressees`: the offices to go to, the first one is named in the letter; empty unless `step` is in OFFICES."""

    step: str
    do: str
    addressees: tuple[Authority, ...]
    letter: Letter | None
    needs: tuple[str, ...]
    wait: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ComplaintPath:
    """A whole path. Where the offender must not be contacted, `danger` says why and no step goes there. `last`: when all steps failed.

    `instead`: harm and title of paths to take where the case is worse than it looked.
    """

    country: str
    harm: str
    title: str
    first: tuple[str, ...]
    steps: tuple[ComplaintPathStep, ...]
    last: tuple[str, ...]
    contact_offender: bool
    danger: str
    guides: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]


def resolve_path(library: DocumentLibrary, country: str, harm: str, lang: str) -> ComplaintPath:
    """The path for `harm` in `country`, letters in `lang` (else the site's language). Raises NotFound where there is none."""
    route = merged_route(library, country, harm)
    if route is None:
        raise NotFound("path-unknown", "Il n’y a pas encore de démarche pour ce problème dans ce pays.")
    steps = tuple(
        step
        for step in (_resolve_step(library, country, harm, lang, written) for written in route.steps)
        if step is not None
    )
    others = ((other, merged_route(library, country, other)) for other in route.instead)
    instead = tuple((other, known.title) for other, known in others if known is not None)
    return ComplaintPath(
        country,
        harm,
        route.title,
        route.first,
        steps,
        route.last,
        route.contact_offender,
        route.danger,
        route.guides,
        instead,
    )


def resolve_paths(library: DocumentLibrary, country: str, lang: str) -> Iterator[ComplaintPath]:
    """Every path of a country, in the order of HARMS."""
    for harm in HARMS:
        if merged_route(library, country, harm) is not None:
            yield resolve_path(library, country, harm, lang)


def merged_route(library: DocumentLibrary, country: str, harm: str) -> HarmRoute | None:
    """The country's route for a harm laid over the general one: texts of the country win, steps are refined one by one."""
    general, local = _find_route(library, GENERAL, harm), _find_route(library, country, harm)
    if general is None or local is None:
        return local or general
    return HarmRoute(
        harm=harm,
        title=local.title or general.title,
        first=local.first or general.first,
        steps=_merge_steps(general.steps, local.steps),
        contact_offender=general.contact_offender and local.contact_offender,
        danger=local.danger or general.danger,
        guides=local.guides or general.guides,
        last=local.last or general.last,
        instead=local.instead or general.instead,
    )


def offices_for(library: DocumentLibrary, country: str, harm: str, step: ComplaintStep) -> tuple[Authority, ...]:
    """Who receives this step: the office it names first, then the country's other offices for this kind of step and this harm."""
    if step.step not in OFFICES or country not in library.authorities:
        return ()
    fitting = [
        one for one in library.authorities[country].authorities if one.step == step.step and harm in one.receives
    ]
    return tuple(sorted(fitting, key=lambda one: one.slug != step.authority))


def _find_route(library: DocumentLibrary, country: str, harm: str) -> HarmRoute | None:
    route = library.routes.get(country)
    return next((one for one in route.harms if one.harm == harm), None) if route else None


def _merge_steps(general: tuple[ComplaintStep, ...], local: tuple[ComplaintStep, ...]) -> tuple[ComplaintStep, ...]:
    """The general steps in their order, each with the country's words where it has some; then the country's own further steps."""
    own = {step.step: step for step in local}
    known = {step.step for step in general}
    return tuple(_merge_step(step, own.get(step.step)) for step in general) + tuple(
        step for step in local if step.step not in known
    )


def _merge_step(general: ComplaintStep, local: ComplaintStep | None) -> ComplaintStep:
    if local is None:
        return general
    return ComplaintStep(
        step=general.step,
        do=local.do or general.do,
        authority=local.authority or general.authority,
        template=local.template or general.template,
        needs=local.needs or general.needs,
        wait=local.wait or general.wait,
        facts=general.facts + local.facts,
        laws=local.laws or general.laws,
    )


def _resolve_step(
    library: DocumentLibrary, country: str, harm: str, lang: str, step: ComplaintStep
) -> ComplaintPathStep | None:
    """The step with its offices and letter; None for an office step in a country where no such office is known."""
    to = offices_for(library, country, harm, step)
    if step.step in OFFICES and not to:
        return None
    return ComplaintPathStep(
        step.step, step.do, to, _prepare_letter(library, lang, step, to), step.needs, step.wait, step.facts + step.laws
    )


def _prepare_letter(
    library: DocumentLibrary, lang: str, step: ComplaintStep, to: tuple[Authority, ...]
) -> Letter | None:
    template = library.templates.get((step.template, lang)) or library.templates.get((step.template, library.site.lang))
    if template is None:
        return None
    known = {"destinataire": _office_name(to[0]) if to else "", "loi": " ; ".join(law.text for law in step.laws)}
    return Letter(template, _fill_placeholders(template.body, known))


def _fill_placeholders(body: str, values: dict[str, str]) -> str:
    """The body with the known holes filled; a paragraph that needs one we have nothing for is left out."""
    empty = [f"{{{name}}}" for name, text in values.items() if not text]
    kept = (part for part in body.split("\n\n") if not any(hole in part for hole in empty))
    return PLACEHOLDER.sub(lambda hole: values.get(hole[1], hole[0]), "\n\n".join(kept))


def _office_name(office: Authority) -> str:
    return f"{office.name} ({office.acronym})" if office.acronym else office.name
