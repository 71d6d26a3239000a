"""A small library of complaint routes for one country, with variations."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.library_with_alerts import Library
from sync.documents.model import (
    HARMS,
    Authorities,
    Authority,
    ComplaintRoute,
    ComplaintStep,
    HarmRoute,
    LetterField,
    LetterTemplate,
    Site,
)
from sync.documents.sources import Fact, Source

DANGEROUS = ("intimate-images", "hate-threat", "child")
LAW = Fact("Loi n°1 du 2 janvier 2003", Source("Journal officiel", published="2003-01"))

POLICE = Authority("police", "Commissariat", "police", HARMS, acronym="COM", address="Bamako")
BRIGADE = Authority("brigade", "Brigade", "police", ("insult", "scam"))
PROSECUTOR = Authority("parquet", "Procureur", "prosecutor", ("insult",))

REQUEST_LETTER = LetterTemplate(
    "demande",
    "fr",
    "Demande",
    "Effacez {liens}.",
    ("insult", "image"),
    "offender",
    fields=(LetterField("liens", "Liens"),),
)
COMPLAINT_LETTER = LetterTemplate(
    "plainte",
    "fr",
    "Plainte",
    "À : {destinataire}\n\nTexte : {loi}.\n\nJe suis {nom}.",
    HARMS,
    "police",
    fields=(LetterField("nom", "Votre nom"),),
)

OFFENDER_STEP = ComplaintStep("offender", do="Demandez.", template="demande", wait="72 heures.")
POLICE_STEP = ComplaintStep("police", do="Allez-y.", template="plainte", needs=("La preuve",), wait="Un mois.")
PROSECUTOR_STEP = ComplaintStep("prosecutor", do="Écrivez.", wait="Un mois.")


def general_route(harm: str) -> HarmRoute:
    """A valid path: the police everywhere, the offender first for insults, the prosecutor where there is one."""
    steps = (OFFENDER_STEP, POLICE_STEP, PROSECUTOR_STEP) if harm == "insult" else (POLICE_STEP,)
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
    harms = tuple(changed.get(harm.replace("-", "_"), general_route(harm)) for harm in HARMS)
    routes = {"ANY": ComplaintRoute("ANY", harms), **({"ML": ComplaintRoute("ML", local)} if local else {})}
    return Library(
        site=Site(channels=("fr-ML",)),
        templates={(template.slug, template.lang): template for template in (REQUEST_LETTER, COMPLAINT_LETTER)},
        authorities={"ML": Authorities("ML", "Mali", (POLICE, BRIGADE, PROSECUTOR))},
        routes=routes,
    )


def library_with_insult(**step: object) -> Library:
    """The library whose police step for insults, in Mali's own route, says `step`."""
    return library(HarmRoute("insult", steps=(replace(ComplaintStep("police"), **step),)))  # type: ignore[arg-type]
