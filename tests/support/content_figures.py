"""Figures of the content: facts with a page, emergency lines, essential guides, checks that are cited.

Printed by `make check` after the table of content_coverage.py; tests/content/test_site_figures.py holds their floors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.complaints import resolve_paths, untranslated_texts
from sync.complaints.check import LEGAL_CITATION
from sync.documents.emergency import SERVICES
from sync.documents.model import Guide, Notice
from sync.documents.sources import Source, facts_in, sources_in
from sync.rendering.document_selection import LocalizedDocument, current_notices, is_draft
from tests.support import site_texts

# A sentence of a text on a law, a sum, a penalty or a time limit.
CLAIM = re.compile(
    r"\b(?:loi|décret|ordonnance) n°|\bla loi \w+ punit|\d[\d ]* (?:francs|millions|heures)\b"
    r"|\b(?:sept|trois) (?:jours|mois)\b",
    re.IGNORECASE,
)
LAW = re.compile(r"\b(?:loi|décret|ordonnance|law) n?°|\bla loi \w+ punit|\bamende|\bmillions de francs", re.IGNORECASE)
TIME_LIMIT = re.compile(r"\bdélais?\b|\b\w+ (?:jours|mois|ans|heures)\b|le temps (?:part|commence)", re.IGNORECASE)


# Pages that a review of the content asked for, by their subject.
ADDITIONS = {
    "danger now, numbers by country": "danger",
    "SIM cards in my name": "puces-a-mon-nom",
    "mobile money by operator": "argent-mobile-operateurs",
    "a phone that is searched": "telephone-fouille",
    "intimate images in 2026": "retirer-une-image-intime",
    "watched by a husband or an ex": "surveillee-par-un-proche",
    "complaining without reading": "plainte-sans-lire",
    "linked devices, QR, call forwarding": "whatsapp-appareils-lies",
    "voices and videos made by machines, real cases": "cas-verifies",
    "vaccines, epidemics, remedies": "vaccins-et-remedes",
    "jobs, visas, migration, loans, displaced": "travail-et-voyage",
    "decision-makers": "recommandations-2023",
    "journalists and radio hosts": "radio-et-journalistes",
    "peace, cut-off, deaf and blind": "paix-et-mediation",
}
# Points on law and offices that a review of the content named: files, words that mend each, words that are gone.
LAW_POINTS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "the Pole's court": (("authorities/ML.yaml",), "cour d’appel de Bamako", ""),
    "the day of law 2022-058": (("authorities/ML.yaml",), r"n°2022-058 du 22 décembre 2022", ""),
    "harassment, which the law of 2019 does not name": (
        ("guides/harcelement-en-ligne/fr.md",),
        "ne nomme pas le harcèlement",
        "",
    ),
    "help outside Bamako": (("authorities/ML.yaml",), "One Stop", ""),
    "legal aid": (("guides/porter-plainte/fr.md",), "assistance judiciaire", ""),
    "media authority": (("guides/radio-et-journalistes/fr.md",), r"\bHAC\b", ""),
    "operators' authority": (("guides/puces-a-mon-nom/fr.md",), "AMRTP", ""),
    "human rights commission": (("guides/plainte-sans-lire/fr.md",), "CNDH", ""),
    "Burkina's codes by a page of the Council of Europe": (("routes/BF.yaml",), "coe.int/fr/web/octopus", "étudiant"),
    "Mauritania's gazette": (("routes/MR.yaml",), "n°1354", "dates différentes"),
    "Chad's law in letters": (("routes/TD.yaml",), "n°007/PR/2015", "numéro à vérifier"),
    "fact-checks on Chad": (("routes/TD.yaml",), "assoblog.org/category", ""),
    "who organises elections": (
        ("guides/elections/fr.md",),
        r"(?s)AIGE.*Administration territoriale",
        "organe officiel : ",
    ),
    "the press card's three years": (("guides/journaliste-ou-pas/fr.md",), "vaut trois ans", ""),
    "the nearest post of each country": (
        tuple(f"authorities/{country}.yaml" for country in ("ML", "BF", "NE", "SN", "TD", "MR")),
        "le plus proche",
        "",
    ),
    "who may be hurt by a report": (("routes/ANY.yaml",), "qui peut en souffrir", ""),
    "time limits by the prosecutor's words": (
        ("guides/porter-plainte/fr.md", "routes/ML.yaml"),
        "connaît les faits",
        "trois mois",
    ),
}
DEBATE = "recommandations-2023"
DEBATE_POINTS = 5  # of the debate of 9 June 2023
DEBATE_DAY = "2023-06-09"


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact that must lead to a page. `kind`: law, number, time limit or verdict; `at`: where it stands."""

    kind: str
    at: str
    text: str
    sources: tuple[Source, ...]

    @property
    def has_page(self) -> bool:
        return any(source.has_page for source in self.sources)


def claims() -> Iterator[Claim]:
    """Every law, number, time limit and verdict of the site."""
    library = site_texts.library()
    for country, route in library.routes.items():
        for harm in route.harms:
            for step in harm.steps:
                at = f"routes/{country}.yaml {harm.harm} {step.step}"
                for law in step.laws:
                    yield Claim("law", at, law.text, (law.source,))
    for kind, documents in (("routes", library.routes), ("authorities", library.authorities)):
        for country, document in documents.items():
            for fact in facts_in(document):
                at = f"{kind}/{country}.yaml"
                if fact.source.is_search:
                    continue  # says that nothing was found
                if LEGAL_CITATION.search(fact.text):
                    yield Claim("law", at, fact.text, (fact.source,))
                if TIME_LIMIT.search(fact.text):
                    yield Claim("time limit", at, fact.text, (fact.source,))
    for country, offices in library.authorities.items():
        for line in offices.emergency:
            if line.number or line.site:
                yield Claim("number", f"authorities/{country}.yaml", line.service, (line.source or Source("?"),))
            for weak in line.to_ring:
                yield Claim("number", f"authorities/{country}.yaml", weak.number, (weak.source,))
        for office in offices.authorities:
            if office.phone or office.email:
                found = (*office.sources, *(fact.source for fact in office.facts))
                yield Claim("number", f"authorities/{country}.yaml", office.slug, found)
    for writing in (*site_texts.written("fr"), *site_texts.written("en")):
        text = writing.document
        if isinstance(text, Notice) and not text.generic:
            yield Claim("verdict", writing.path, text.verdict, text.evidence)
        elif isinstance(text, Guide) and (citation := LAW.search(writing.text)):
            yield Claim("law", writing.path, citation[0], text.sources)


def all_sources() -> list[Source]:
    library = site_texts.library()
    texts = (library.guides, library.notices, library.recommendations, library.templates)
    documents = (*texts, library.routes, library.authorities)
    return [source for kind in documents for document in kind.values() for source in sources_in(document)]


def cites_a_check(notice: Notice) -> bool:
    """True if the notice names who checked the claim, and leads to a page of theirs."""
    publishers = {source.publisher for source in notice.evidence if source.has_page}
    return any(publisher and publisher in notice.checked_by for publisher in publishers)


def notices_that_cite_a_check() -> list[Notice]:
    return [writing.document for writing in site_texts.notices() if cites_a_check(writing.document)]


def essential_guides() -> dict[str, set[str]]:
    """Essential guides by slug, each with those of `sources`, `pictures`, `script` and `English` that it has."""
    library = site_texts.library()
    scripts = {script.parent.name for script in site_texts.scripts() if script.name == "fr.audio.md"}
    found: dict[str, set[str]] = {}
    for writing in site_texts.guides():
        guide = writing.document
        if not guide.essential:
            continue
        english = library.guides.get((guide.slug, "en"))
        has = {
            "sources": any(source.has_page for source in guide.sources),
            "pictures": "![](pictogram:" in guide.body,
            "script": guide.slug in scripts,
            "English": english is not None and not is_draft(english, library.site),
        }
        found[guide.slug] = {name for name, is_there in has.items() if is_there}
    return found


def english_coverage() -> dict[str, tuple[int, int]]:
    """By kind, how many of what readers see everywhere have reviewed English, and how many there are.

    A country's paths and offices are in English together or not at all.
    """
    library = site_texts.library()
    kinds: dict[str, Mapping[tuple[str, str], LocalizedDocument]] = {
        "notices": current_notices(library),
        "letters": library.templates,
        "recommendations": library.recommendations,
    }
    complete = {country for country in library.authorities if not untranslated_texts(library, country, "en")}
    paths = [country for country in library.authorities for _ in resolve_paths(library, country, library.site.lang)]
    offices = [country for country, file in library.authorities.items() for _ in file.authorities]
    return {
        **{
            kind: (
                sum(document.lang == "en" and not is_draft(document, library.site) for document in documents.values()),
                sum(document.lang == library.site.lang for document in documents.values()),
            )
            for kind, documents in kinds.items()
        },
        "paths": (sum(country in complete for country in paths), len(paths)),
        "offices": (sum(country in complete for country in offices), len(offices)),
        "topics": (sum("en" in topic.titles for topic in library.topics), len(library.topics)),
        "taglines": (int("en" in library.site.taglines), 1),
    }


def additions_present() -> list[str]:
    """The slugs of ADDITIONS that are guides; the page of danger is made from the offices of each country."""
    guides = {slug for slug, lang in site_texts.library().guides if lang == "fr"}
    return [slug for slug in ADDITIONS.values() if slug in guides or slug == "danger"]


def law_points_mended() -> list[str]:
    """The names of LAW_POINTS of which every file has the words that mend it and none that are wrong."""
    texts = {
        path: (site_texts.CONTENT / path).read_text("utf-8") for paths, *_ in LAW_POINTS.values() for path in paths
    }
    return [
        name
        for name, (paths, words, gone) in LAW_POINTS.items()
        if all(re.search(words, texts[path]) and not (gone and gone in texts[path]) for path in paths)
    ]


def debate_points() -> int:
    """The points of the debate that say what is asked, who decides, what is seen, and the risk for freedom."""
    body = site_texts.library().guides[DEBATE, "fr"].body
    words = ("**Demandé**", "**Qui décide**", "**On le voit à**", "**Risque**")
    return sum(all(word in section for word in words) for section in body.split("\n## ") if section[:1].isdigit())


def debate_recommendations() -> list[str]:
    """The slugs of recommendations of the debate that are there in French and English and that its guide leads to."""
    library = site_texts.library()
    body = library.guides[DEBATE, "fr"].body
    return [
        slug
        for (slug, lang), document in library.recommendations.items()
        if lang == "fr" and document.proposed == DEBATE_DAY
        if f"(recommendation:{slug})" in body and (slug, "en") in library.recommendations
    ]


def figures() -> str:
    """The lines that `make check` prints."""
    found = all_sources()
    lines = [f"sources: {len(found)}, with the address of a page: {sum(source.has_page for source in found)}"]
    by_kind: dict[str, list[bool]] = {}
    for claim in claims():
        by_kind.setdefault(claim.kind, []).append(claim.has_page)
    lines += [f"  {kind}s with a page: {sum(pages)} of {len(pages)}" for kind, pages in sorted(by_kind.items())]
    for country, offices in site_texts.library().authorities.items():
        states = {line.service: line.state for line in offices.emergency}
        lines.append(f"emergency {country}: " + ", ".join(f"{name} {states.get(name, '-')}" for name in SERVICES))
    essentials = essential_guides()
    having = Counter(name for names in essentials.values() for name in names)
    lines.append(
        f"essential guides: {len(essentials)}; with "
        + ", ".join(f"{name} {having[name]}" for name in ("sources", "pictures", "script", "English"))
    )
    lines += [f"{kind} in English: {count} of {total}" for kind, (count, total) in english_coverage().items()]
    lines.append(f"notices that cite a published check: {len(notices_that_cite_a_check())}")
    present = additions_present()
    lines.append(f"additions present: {len(present)} of {len(ADDITIONS)}: {' '.join(present)}")
    mended = law_points_mended()
    lines.append(f"points of the review's section on law mended: {len(mended)} of {len(LAW_POINTS)}")
    lines += [f"  not mended: {name}" for name in LAW_POINTS if name not in mended]
    lines.append(f"points of the debate of 9 June 2023 for decision-makers: {debate_points()} of {DEBATE_POINTS}")
    proposed = debate_recommendations()
    lines.append(f"recommendations of 9 June 2023: {len(proposed)} of {DEBATE_POINTS}: {' '.join(proposed)}")
    return "\n".join(lines) + "\n"
