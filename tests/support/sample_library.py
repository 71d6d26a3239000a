"""A small library in memory, one of each kind, and the pages of a channel by path."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sync.alerts.library_with_alerts import Library
from sync.documents.model import (
    Authorities,
    Authority,
    ComplaintRoute,
    ComplaintStep,
    DataPrice,
    Guide,
    HarmRoute,
    LetterField,
    LetterTemplate,
    Notice,
    Site,
    Topic,
)
from sync.documents.sources import Fact, Reading, Source
from sync.rendering.render import Assets, render

SOURCE = Source("La loi", "APDP", "2026-11-24", Reading("copy", "2026-11-25"), "https://apdp.ml/loi")
UNCHECKED = Source("Une radio", published="2026-11")

SITE = Site(
    id="essai",
    name="Kunnafoni",
    tagline="S’informer, même sans réseau",
    channels=("fr-ML", "fr-BF", "en-ML"),
    contact="Écrivez-nous.",
    about={"fr": "Qui nous sommes."},
    privacy={"fr": "Pas de compte. Voyez [ici](page:phone)."},
    prices={"ML": DataPrice(2.5, UNCHECKED)},
)
STEPS = (
    "Un code long.\n\n## Comment\n\n1. Ouvrez.\n2. Touchez.\n\n## Que faire maintenant\n\n- [Vérifiez](notice:code)."
)
GUIDE = Guide(
    "compte",
    "fr",
    "Garder son compte",
    STEPS,
    summary="Trois gestes simples.",
    topics=("comptes",),
    essential=True,
    sources=(SOURCE, UNCHECKED),
    updated="2026-11-01",
)
SECOND = Guide(
    "argent",
    "fr",
    "Garder son argent",
    "Voyez [votre compte](guide:compte) et [autre chose](guide:absent).",
    topics=("argent",),
)
NOTICE = Notice(
    "code",
    "fr",
    "Le code",
    "Ne le donnez pas.",
    claim="Envoie-moi le code",
    verdict="scam",
    generic=True,
    seen_when="2023",
)
LETTER = LetterTemplate(
    "lettre",
    "fr",
    "Une lettre",
    "À {destinataire}.\n\nJe suis {nom}.",
    ("scam",),
    "prosecutor",
    fields=(LetterField("nom", "Votre nom", "Celui de votre carte"),),
    sources=(SOURCE,),
)
OFFICE = Authority(
    "parquet",
    "Le procureur",
    "prosecutor",
    ("scam",),
    phone="80 33",
    site="https://apdp.ml",
    facts=(Fact("Ouvert.", SOURCE),),
)
ROUTE = ComplaintRoute(
    "ANY",
    (
        HarmRoute(
            "scam",
            "On m’a volé",
            ("Gardez tout.",),
            (ComplaintStep("prosecutor", "Écrivez.", "parquet", "lettre", ("La lettre",), "Un mois."),),
            contact_offender=False,
            danger="Ne répondez pas.",
            guides=("argent",),
        ),
    ),
)
LIBRARY = Library(
    site=SITE,
    topics=(
        Topic("comptes", "lock", {"fr": "Comptes", "en": "Accounts"}),
        Topic("argent", "coin", {"fr": "Argent"}),
        Topic("vide", "ear", {"fr": "Vide"}),
    ),
    guides={("compte", "fr"): GUIDE, ("argent", "fr"): SECOND},
    notices={("code", "fr"): NOTICE},
    templates={("lettre", "fr"): LETTER},
    authorities={"ML": Authorities("ML", "Mali", (OFFICE,))},
    routes={"ANY": ROUTE},
)


def pages(library: Library = LIBRARY, channel: str = "fr-ML", assets: Assets | None = None) -> dict[str, str]:
    return {page.path: page.body for page in render(library, channel, assets or Assets())}


def with_guides(*guides: Guide, **changes: Any) -> Library:
    return replace(LIBRARY, guides={(guide.slug, guide.lang): guide for guide in guides}, **changes)
