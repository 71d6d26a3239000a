"""A small library of routes for one country, and how a test bends it."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.library import Library
from sync.documents.model import (
    HARMS,
    Authorities,
    Authority,
    Fact,
    Route,
    RouteHarm,
    RouteStep,
    Site,
    Source,
    Template,
    TemplateField,
)

DANGEROUS = ("intimate-images", "hate-threat", "child")
LAW = Fact("Loi n°1 du 2 janvier 2003", Source("Journal officiel", "2003-01"))

POLICE = Authority("police", "Commissariat", "police", HARMS, acronym="COM", address="Bamako")
BRIGADE = Authority("brigade", "Brigade", "police", ("insult", "scam"))
PROSECUTOR = Authority("parquet", "Procureur", "prosecutor", ("insult",))

ASK = Template(
    "demande",
    "fr",
    "Demande",
    "Effacez {liens}.",
    ("insult", "image"),
    "offender",
    fields=(TemplateField("liens", "Liens"),),
)
COMPLAINT = Template(
    "plainte",
    "fr",
    "Plainte",
    "À : {destinataire}\n\nTexte : {loi}.\n\nJe suis {nom}.",
    HARMS,
    "police",
    fields=(TemplateField("nom", "Votre nom"),),
)

TO_OFFENDER = RouteStep("offender", do="Demandez.", template="demande", wait="72 heures.")
TO_POLICE = RouteStep("police", do="Allez-y.", template="plainte", needs=("La preuve",), wait="Un mois.")
TO_PROSECUTOR = RouteStep("prosecutor", do="Écrivez.", wait="Un mois.")


def general(harm: str) -> RouteHarm:
    """A good path: the police everywhere, the offender first for insults, the prosecutor where there is one."""
    steps = (TO_OFFENDER, TO_POLICE, TO_PROSECUTOR) if harm == "insult" else (TO_POLICE,)
    return RouteHarm(
        harm,
        f"Titre {harm}",
        ("Gardez la preuve.",),
        steps,
        contact_offender=harm not in DANGEROUS,
        danger="Danger." if harm in DANGEROUS else "",
        last=("Cherchez de l’aide.",),
    )


def library(*local: RouteHarm, **changed: RouteHarm) -> Library:
    """`local`: Mali's own route. `changed`: general harms replaced, named with _ for -."""
    harms = tuple(changed.get(harm.replace("-", "_"), general(harm)) for harm in HARMS)
    routes = {"ANY": Route("ANY", harms), **({"ML": Route("ML", local)} if local else {})}
    return Library(
        site=Site(channels=("fr-ML",)),
        templates={(one.slug, one.lang): one for one in (ASK, COMPLAINT)},
        authorities={"ML": Authorities("ML", "Mali", (POLICE, BRIGADE, PROSECUTOR))},
        routes=routes,
    )


def insult_with(**step: object) -> Library:
    """The library whose police step for insults, in Mali's own route, says `step`."""
    return library(RouteHarm("insult", steps=(replace(RouteStep("police"), **step),)))  # type: ignore[arg-type]
