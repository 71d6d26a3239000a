"""Checks of complaint paths: dead ends, loops, missing addressees, laws without a source, contact with the offender.

`find_path_errors` checks the routes as written, then each country's resolved paths. Used before content is imported or
published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sync.complaints.complaint_path import AUTOMATIC_PLACEHOLDERS, GENERAL, PLACEHOLDER, merged_route, resolve_path
from sync.documents.library import DocumentLibrary
from sync.documents.model import HARMS, OFFICES, STEPS, ComplaintStep, HarmRoute, LetterTemplate
from sync.errors import BadContent

NEVER_CONTACT = ("intimate-images", "hate-threat", "child")
LEGAL_CITATION = re.compile(
    r"\b(?:lois?|ordonnances?|décrets?)\s+n\s?°|\barticles?\s+[0-9]|\bart\.\s*[0-9]|\bdélais? léga(?:l|ux)\b",
    re.IGNORECASE,
)

Steps: TypeAlias = tuple[str | int, ...]
LineFinder: TypeAlias = Callable[[str, Steps], int]


def no_line(path: str, steps: Steps) -> int:
    """The line 0, which means the whole document: for a library that was not read from files."""
    return 0


def find_path_errors(library: DocumentLibrary, line_of: LineFinder = no_line) -> list[BadContent]:
    """All errors in the complaint paths. `line_of(file, steps)`: the line in a content file for keys and indexes."""
    if not library.routes:
        return []
    return list(_PathChecker(library, line_of).find_errors())


@dataclass(frozen=True, slots=True)
class _FileLocation:
    """A location in a content file. `steps`: keys and indexes inside the document."""

    file: str
    steps: Steps = ()

    def child(self, *steps: str | int) -> _FileLocation:
        return _FileLocation(self.file, self.steps + steps)


@dataclass(frozen=True, slots=True)
class _PathChecker:
    library: DocumentLibrary
    line: LineFinder

    def find_errors(self) -> Iterator[BadContent]:
        for country, route in self.library.routes.items():
            for index, harm in enumerate(route.harms):
                yield from self.check_harm(country, harm, _FileLocation(f"routes/{country}.yaml", ("harms", index)))
        for (slug, lang), template in self.library.templates.items():
            yield from self.check_template(template, _FileLocation(f"templates/{slug}/{lang}.md"))
        for country in self.countries():
            for name in self.harms():
                yield from self.check_walk(country, name)

    def countries(self) -> list[str]:
        """The countries of the channels, then those that only have a route."""
        countries = [channel.partition("-")[2] for channel in self.library.site.channels]
        return list(dict.fromkeys(countries + [country for country in self.library.routes if country != GENERAL]))

    def harms(self) -> list[str]:
        """Harms that any route describes. A site may omit a harm, but only for all its countries."""
        described = {harm.harm for route in self.library.routes.values() for harm in route.harms}
        return [harm for harm in HARMS if harm in described]

    def bad_content(self, where: _FileLocation, code: str, sentence: str, hint: str = "", **values: str) -> BadContent:
        return BadContent(where.file, self.line(where.file, where.steps), code, sentence, hint, **values)

    def check_harm(self, country: str, harm: HarmRoute, where: _FileLocation) -> Iterator[BadContent]:
        merged = merged_route(self.library, country, harm.harm) or harm
        if harm.harm in NEVER_CONTACT and merged.contact_offender:
            yield self.bad_content(
                where,
                "path-contact",
                "Pour « {harm} », on n’écrit jamais à l’auteur : contact_offender doit être false.",
                harm=harm.harm,
            )
        if not merged.contact_offender and not merged.danger:
            yield self.bad_content(
                where,
                "path-danger",
                "« {harm} » interdit d’écrire à l’auteur : danger doit dire pourquoi.",
                harm=harm.harm,
            )
        for field, texts in (("first", harm.first), ("last", harm.last), ("danger", (harm.danger,))):
            for text in texts:
                yield from self.check_free_text(text, where.child(field))
        for index, other in enumerate(harm.instead):
            if other not in self.harms():
                yield self.bad_content(
                    where.child("instead", index), "path-missing", "« {harm} » n’a pas de démarche.", harm=other
                )
        seen_steps: set[str] = set()
        for index, step in enumerate(harm.steps):
            location = where.child("steps", index)
            if step.step in seen_steps:
                yield self.bad_content(
                    location, "path-loop", "L’étape « {step} » revient : la démarche tourne en rond.", step=step.step
                )
            seen_steps.add(step.step)
            if step.step == "offender" and not merged.contact_offender:
                yield self.bad_content(
                    location,
                    "path-offender",
                    "« {harm} » interdit d’écrire à l’auteur, mais une étape y envoie.",
                    harm=harm.harm,
                )
            yield from self.check_step(country, harm.harm, step, location)

    def check_step(self, country: str, harm: str, step: ComplaintStep, where: _FileLocation) -> Iterator[BadContent]:
        for field, text in (
            ("ask", step.ask),
            ("do", step.do),
            ("wait", step.wait),
            *(("needs", need) for need in step.needs),
        ):
            yield from self.check_free_text(text, where.child(field))
        yield from self.check_office(country, harm, step, where.child("authority"))
        if step.template:
            yield from self.check_letter(country, harm, step, step.template, where.child("template"))
        for index, slug in enumerate(step.other_letters):
            yield from self.check_letter(country, harm, step, slug, where.child("other_letters", index))
            if slug in STEPS or slug == step.template:
                sentence = "« {letter} » ne peut pas être une autre lettre de l’étape : ce nom est pris."
                yield self.bad_content(where.child("other_letters", index), "letter-name", sentence, letter=slug)

    def check_office(self, country: str, harm: str, step: ComplaintStep, where: _FileLocation) -> Iterator[BadContent]:
        if not step.authority:
            return
        offices = self.library.authorities[country].authorities if country in self.library.authorities else ()
        office = next((office for office in offices if office.slug == step.authority), None)
        if office is None:
            yield self.bad_content(
                where,
                "office-unknown",
                "Le bureau « {office} » n’est pas dans authorities/{country}.yaml.",
                "La démarche générale ne nomme aucun bureau." if country == GENERAL else "",
                office=step.authority,
                country=country,
            )
        elif office.step != step.step:
            sentence = "« {office} » n’est pas un bureau pour l’étape « {step} »."
            yield self.bad_content(where, "office-step", sentence, office=office.slug, step=step.step)
        elif harm not in office.receives:
            yield self.bad_content(
                where, "office-harm", "« {office} » ne reçoit pas « {harm} ».", office=office.slug, harm=harm
            )

    def check_letter(
        self, country: str, harm: str, step: ComplaintStep, slug: str, where: _FileLocation
    ) -> Iterator[BadContent]:
        template = self.library.templates.get((slug, self.library.site.lang))
        if template is None:
            yield self.bad_content(where, "letter-unknown", "La lettre « {letter} » n’existe pas.", letter=slug)
        elif template.step != step.step:
            sentence = "La lettre « {letter} » est écrite pour l’étape « {step} »."
            yield self.bad_content(where, "letter-step", sentence, letter=template.slug, step=template.step)
        elif harm not in template.harms:
            yield self.bad_content(
                where,
                "letter-harm",
                "La lettre « {letter} » ne sert pas pour « {harm} ».",
                letter=template.slug,
                harm=harm,
            )
        elif template.countries and country not in template.countries:
            yield self.bad_content(
                where, "letter-country", "La lettre « {letter} » n’est pas pour ce pays.", letter=template.slug
            )

    def check_template(self, template: LetterTemplate, where: _FileLocation) -> Iterator[BadContent]:
        if "{destinataire}" in template.body and template.step not in OFFICES:
            yield self.bad_content(
                where,
                "letter-nobody",
                "Une lettre pour « {step} » n’a pas de bureau : écrivez un champ.",
                step=template.step,
            )
        placeholders = set(PLACEHOLDER.findall(template.body)) - set(AUTOMATIC_PLACEHOLDERS)
        for name in sorted(placeholders ^ {field.name for field in template.fields}):
            yield self.bad_content(
                where,
                "letter-holes",
                "« {hole} » doit être à la fois un trou du texte et un champ de fields.",
                hole=name,
            )
        if not template.sources:
            yield from self.check_free_text(template.body, where)

    def check_free_text(self, text: str, where: _FileLocation) -> Iterator[BadContent]:
        """Report a law cited in free text, which has no source."""
        if citation := LEGAL_CITATION.search(text):
            yield self.bad_content(
                where,
                "law-unsourced",
                "Un texte de loi est cité sans source : « {text} ».",
                "Mettez-le dans laws ou facts, avec sa source.",
                text=citation[0],
            )

    def check_walk(self, country: str, harm: str) -> Iterator[BadContent]:
        """Check the resolved path as a reader in this country follows it to its end."""
        where = self.location_of_path(country, harm)
        names = {"harm": harm, "country": country}
        if merged_route(self.library, country, harm) is None:
            yield self.bad_content(where, "path-missing", "Aucune démarche pour « {harm} » ({country}).", **names)
            return
        if harm in self.reachable_harms(country, harm):
            yield self.bad_content(
                where, "path-loop", "« instead » ramène à « {harm} » ({country}) : la démarche tourne en rond.", **names
            )
        path = resolve_path(self.library, country, harm, self.library.site.lang)
        for field in ("title", "first", "steps", "last"):
            if not getattr(path, field):
                sentence = "La démarche « {harm} » ({country}) est une impasse : « {field} » est vide."
                yield self.bad_content(where, "path-dead-end", sentence, field=field, **names)
        for step in path.steps:
            for field in ("do", "wait"):
                if not getattr(step, field):
                    sentence = (
                        "La démarche « {harm} » ({country}) est une impasse : "
                        "l’étape « {step} » n’a pas de « {field} »."
                    )
                    yield self.bad_content(where, "path-dead-end", sentence, step=step.step, field=field, **names)
        if path.steps and not any(step.addressees and step.letter for step in path.steps):
            sentence = "La démarche « {harm} » ({country}) est une impasse : aucune lettre n’arrive à un bureau."
            yield self.bad_content(where, "path-dead-end", sentence, **names)

    def reachable_harms(self, country: str, harm: str) -> set[str]:
        """All harms reachable from this one through `instead`, directly or indirectly."""
        reachable: set[str] = set()
        pending = [harm]
        while pending:
            route = merged_route(self.library, country, pending.pop())
            pending += [other for other in (route.instead if route else ()) if other not in reachable]
            reachable.update(pending)
        return reachable

    def location_of_path(self, country: str, harm: str) -> _FileLocation:
        """Location of a country's path: in its own file if that describes the harm, else in the general one."""
        for name in (country, GENERAL):
            route = self.library.routes.get(name)
            for index, entry in enumerate(route.harms if route else ()):
                if entry.harm == harm:
                    return _FileLocation(f"routes/{name}.yaml", ("harms", index))
        return _FileLocation(f"routes/{GENERAL}.yaml")
