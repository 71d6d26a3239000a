"""Complaint paths: a country's route merged into the general one, with its offices and letters filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sync.documents.library import DocumentLibrary
from sync.documents.model import HARMS, OFFICES, Authority, ComplaintStep, HarmRoute, LetterTemplate
from sync.documents.sources import Fact
from sync.errors import NotFound
from sync.locale import FRENCH

GENERAL = "ANY"
AUTOMATIC_PLACEHOLDERS = ("destinataire", "loi")
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter template for one path. `body`: addressee and laws are filled in, the person's placeholders remain."""

    template: LetterTemplate
    body: str


@dataclass(frozen=True, slots=True)
class ComplaintPathStep:
    """A resolved step. `addressees`: its offices, the first of them named in the letter; empty unless in OFFICES.

    `other_letters`: for other moments of the step, e.g. a reminder.
    """

    step: str
    do: str
    addressees: tuple[Authority, ...]
    letter: Letter | None
    needs: tuple[str, ...]
    wait: str
    facts: tuple[Fact, ...]
    ask: str = ""
    other_letters: tuple[Letter, ...] = ()

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All letters of the step, its own first."""
        return (*((self.letter,) if self.letter else ()), *self.other_letters)


@dataclass(frozen=True, slots=True)
class ComplaintPath:
    """A resolved path.

    `danger`: the reason if the offender must not be contacted; then no step leads there. `last`: advice if all steps
    failed. `instead`: harm and title of paths for more serious cases.
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
    keywords: tuple[str, ...] = ()


def resolve_path(library: DocumentLibrary, country: str, harm: str, lang: str) -> ComplaintPath:
    """The path for a harm in a country, with letters in `lang` or else in the site's language. Raises NotFound."""
    route = merged_route(library, country, harm)
    if route is None:
        raise NotFound("path-unknown", "Il n’y a pas encore de démarche pour ce problème dans ce pays.")
    resolved = (_resolve_step(library, country, harm, lang, step) for step in route.steps)
    steps = tuple(step for step in resolved if step is not None)
    others = ((name, merged_route(library, country, name)) for name in route.instead)
    instead = tuple((name, other.title) for name, other in others if other is not None)
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
        route.keywords,
    )


def resolve_paths(library: DocumentLibrary, country: str, lang: str) -> Iterator[ComplaintPath]:
    """All paths of a country, in the order of HARMS."""
    for harm in HARMS:
        if merged_route(library, country, harm) is not None:
            yield resolve_path(library, country, harm, lang)


def merged_route(library: DocumentLibrary, country: str, harm: str) -> HarmRoute | None:
    """The country's route for a harm merged into the general one: its texts win, steps are merged one by one."""
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
        keywords=local.keywords or general.keywords,
    )


def offices_for(library: DocumentLibrary, country: str, harm: str, step: ComplaintStep) -> tuple[Authority, ...]:
    """The offices for a step: the named one first, then the country's others for this kind of step and harm."""
    if step.step not in OFFICES or country not in library.authorities:
        return ()
    offices = [
        office
        for office in library.authorities[country].authorities
        if office.step == step.step and harm in office.receives
    ]
    return tuple(sorted(offices, key=lambda office: office.slug != step.authority))


def _find_route(library: DocumentLibrary, country: str, harm: str) -> HarmRoute | None:
    route = library.routes.get(country)
    return next((entry for entry in route.harms if entry.harm == harm), None) if route else None


def _merge_steps(general: tuple[ComplaintStep, ...], local: tuple[ComplaintStep, ...]) -> tuple[ComplaintStep, ...]:
    """The general steps in their order, each merged with the country's; then the country's additional steps."""
    local_steps = {step.step: step for step in local}
    general_names = {step.step for step in general}
    return tuple(_merge_step(step, local_steps.get(step.step)) for step in general) + tuple(
        step for step in local if step.step not in general_names
    )


def _merge_step(general: ComplaintStep, local: ComplaintStep | None) -> ComplaintStep:
    if local is None:
        return general
    return ComplaintStep(
        step=general.step,
        ask=local.ask or general.ask,
        do=local.do or general.do,
        authority=local.authority or general.authority,
        template=local.template or general.template,
        needs=local.needs or general.needs,
        wait=local.wait or general.wait,
        facts=general.facts + local.facts,
        laws=local.laws or general.laws,
        other_letters=tuple(dict.fromkeys(general.other_letters + local.other_letters)),
    )


def _resolve_step(
    library: DocumentLibrary, country: str, harm: str, lang: str, step: ComplaintStep
) -> ComplaintPathStep | None:
    """The step with its offices and letter; None for an office step in a country without such an office."""
    offices = offices_for(library, country, harm, step)
    if step.step in OFFICES and not offices:
        return None
    letter = _prepare_letter(library, lang, step, step.template, offices)
    others = (_prepare_letter(library, lang, step, slug, offices) for slug in step.other_letters)
    return ComplaintPathStep(
        step.step,
        step.do,
        offices,
        letter,
        step.needs,
        step.wait,
        step.facts + step.laws,
        step.ask,
        tuple(other for other in others if other is not None),
    )


def _prepare_letter(
    library: DocumentLibrary, lang: str, step: ComplaintStep, slug: str, offices: tuple[Authority, ...]
) -> Letter | None:
    template = library.templates.get((slug, lang)) or library.templates.get((slug, library.site.lang))
    if template is None:
        return None
    values = {
        "destinataire": _office_name(offices[0]) if offices else "",
        "loi": (" ; " if template.lang == FRENCH else "; ").join(law.text for law in step.laws),
    }
    return Letter(template, _fill_placeholders(template.body, values))


def _fill_placeholders(body: str, values: dict[str, str]) -> str:
    """Fill placeholders with `values`; omit paragraphs with a placeholder whose value is empty."""
    empty = [f"{{{name}}}" for name, text in values.items() if not text]
    paragraphs = (
        paragraph for paragraph in body.split("\n\n") if not any(placeholder in paragraph for placeholder in empty)
    )
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), "\n\n".join(paragraphs))


def _office_name(office: Authority) -> str:
    return f"{office.name} ({office.acronym})" if office.acronym else office.name
