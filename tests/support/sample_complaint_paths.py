"""A small library of routes for one country, and how a test bends it."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.library import Library
from sync.documents.model import (
    HARMS,
    Authorities,
    Authority,
    ComplaintRoute,
    ComplaintStep,
    Fact,
    HarmRoute,
    LetterField,
    LetterTemplate,
    Site,
    Source,
)

DANGEROUS = ("intimate-images", "hate-threat", "child")
LAW = Fact("Loi n°1 du 2 janvier 2003", Source("Journal officiel", "2003-01"))

POLICE = Authority("police", "Commissariat", "police", HARMS, acronym="COM", address="Bamako")
BRIGADE = Authority("brigade", "Brigade", "police", ("insult", "scam"))
PROSECUTOR = Authority("parquet", "Procureur", "prosecutor", ("insult",))

ASK = LetterTemplate(
    "demande",
    "fr",
    "Demande",
    "Effacez {liens}.",
    ("insult", "image"),
    "offender",
    fields=(LetterField("liens", "Liens"),),
)
COMPLAINT = LetterTemplate(
    "plainte",
    "fr",
    "Plainte",
    "À : {destinataire}\n\nTexte : {loi}.\n\nJe suis {nom}.",
    HARMS,
    "police",
    fields=(LetterField("nom", "Votre nom"),),
)

TO_OFFENDER = ComplaintStep("offender", do="Demandez.", template="demande", wait="72 heures.")
TO_POLICE = ComplaintStep("police", do="Allez-y.", template="plainte", needs=("La preuve",), wait="Un mois.")
TO_PROSECUTOR = ComplaintStep("prosecutor", do="Écrivez.", wait="Un mois.")


def general(harm: str) -> HarmRoute:
    """A good path: the police everywhere, the offender first for insults, the prosecutor where there is one."""
    steps = (TO_OFFENDER, TO_POLICE, TO_PROSECUTOR) if harm == "insult" else (TO_POLICE,)
    return HarmRoute(
        harm,
        f"Titre {harm}",
        ("Gardez la preuve.",),
        steps,
        contact_offender=harm not in DANGEROUS,
        danger="Danger." if harm in DANGEROUS else "",
        last=("Cherchez de l’aide.",),
    )


def library(*local: HarmRoute, **changed: HarmRoute) -> Library:
    """`local`: Mali's own route. `changed`: general harms replaced, named with _ for -."""
    harms = tuple(changed.get(harm.replace("-", "_"), general(harm)) for harm in HARMS)
    routes = {"ANY": ComplaintRoute("ANY", harms), **({"ML": ComplaintRoute("ML", local)} if local else {})}
    return Library(
        site=Site(channels=("fr-ML",)),
        templates={(template.slug, template.lang): template for template in (ASK, COMPLAINT)},
        authorities={"ML": Authorities("ML", "Mali", (POLICE, BRIGADE, PROSECUTOR))},
        routes=routes,
    )


def insult_with(**step: object) -> Library:
    """The library whose police step for insults, in Mali's own route, says `step`."""
    return library(HarmRoute("insult", steps=(replace(ComplaintStep("police"), **step),)))  # type: ignore[arg-type]
