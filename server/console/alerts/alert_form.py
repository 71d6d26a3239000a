"""The form of an alert: parsing into fields, and labels for CAP's codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.console.components.local_time import parse_local_time
from server.console.context import ConsoleContext
from sync.alerts.library_with_alerts import Library
from sync.documents.code_labels import SEVERITY_WORDS
from sync.locale import N_

CATEGORIES = {
    "Met": N_("Temps qu’il fait"),
    "Geo": N_("Sol, séisme"),
    "Safety": N_("Sûreté publique"),
    "Security": N_("Sécurité, violences"),
    "Rescue": N_("Secours"),
    "Fire": N_("Feu"),
    "Health": N_("Santé"),
    "Env": N_("Environnement, pollution"),
    "Transport": N_("Transports"),
    "Infra": N_("Eau, électricité, réseau"),
    "CBRNE": N_("Produits dangereux"),
    "Other": N_("Autre"),
}
CATEGORY_PICTOGRAMS = {
    "Met": "storm",
    "Geo": "office",
    "Safety": "shield",
    "Security": "stop",
    "Rescue": "people",
    "Fire": "flame",
    "Health": "illness",
    "Env": "globe",
    "Transport": "out-of-context",
    "Infra": "phone",
    "CBRNE": "mask",
    "Other": "megaphone",
}
RESPONSES = {
    "Shelter": N_("S’abriter"),
    "Evacuate": N_("Partir"),
    "Prepare": N_("Se préparer"),
    "Execute": N_("Suivre un plan connu"),
    "Avoid": N_("Éviter le lieu"),
    "Monitor": N_("Rester attentif"),
    "Assess": N_("Juger la situation"),
    "AllClear": N_("Danger passé"),
    "None": N_("Rien"),
}
URGENCIES = {
    "Immediate": N_("Agir tout de suite"),
    "Expected": N_("Agir dans l’heure"),
    "Future": N_("Agir bientôt"),
    "Past": N_("C’est passé"),
    "Unknown": N_("On ne sait pas"),
}
CERTAINTIES = {
    "Observed": N_("C’est arrivé ou c’est vu"),
    "Likely": N_("Plus d’une chance sur deux"),
    "Possible": N_("Moins d’une chance sur deux"),
    "Unlikely": N_("Presque aucune chance"),
    "Unknown": N_("On ne sait pas"),
}
STATUSES = {
    "Actual": N_("Vraie alerte"),
    "Exercise": N_("Exercice : montré à tous, marqué exercice"),
    "Test": N_("Essai : seulement aux téléphones qui ont demandé les essais"),
}
SEVERITIES = SEVERITY_WORDS
TEXT_LABELS = {
    "headline": N_("Titre"),
    "event": N_("Genre de danger"),
    "areaDesc": N_("Le lieu en mots"),
    "description": N_("Ce qui se passe"),
    "instruction": N_("Ce qu’il faut faire"),
}
PLAIN_LABELS = {
    "severity": N_("Danger"),
    "urgency": N_("Quand agir"),
    "certainty": N_("Est-ce sûr ?"),
    "status": N_("Vraie alerte, exercice ou essai"),
    "category": N_("De quoi s’agit-il ?"),
    "responseType": N_("Que demandez-vous ?"),
    "expires": N_("Fin de l’alerte"),
    "geocode": N_("Lieux"),
    "topic": N_("Seulement aux personnes qui suivent ce sujet"),
}
CHOICE_LABELS = {
    "severity": SEVERITIES,
    "urgency": URGENCIES,
    "certainty": CERTAINTIES,
    "status": STATUSES,
}
FIELD_TITLES = {"info": TEXT_LABELS["headline"]} | TEXT_LABELS | PLAIN_LABELS
TEXT_FIELDS = ("headline", "event", "areaDesc", "description", "instruction")
CHOICE_FIELDS = ("status", "urgency", "severity", "certainty")
KEPT_FIELDS = ("msgType", "references", "effective", "onset", "origin")  # the form has no input for them
MULTIPLE_FIELDS = ("category", "responseType", "geocode")


def parse_fields(context: ConsoleContext, current: Mapping[str, Any], langs: list[str], country: str) -> dict[str, Any]:
    """Parse the posted fields. A language without any text is left out; fields that the form lacks keep their value."""
    fields = {name: value for name, value in current.items() if name in KEPT_FIELDS}
    fields |= {name: context.text(name) for name in (*CHOICE_FIELDS, "topic") if context.text(name)}
    fields |= {name: context.texts(name) for name in MULTIPLE_FIELDS if context.texts(name)}
    if context.text("expires"):
        fields["expires"] = parse_local_time(context.text("expires"), country)
    info = {}
    for lang in langs:
        texts = {name: context.text(f"{lang}-{name}").replace("\r\n", "\n").strip() for name in TEXT_FIELDS}
        if any(texts.values()):
            info[lang] = {name: text for name, text in texts.items() if text}
    return {**fields, "info": info} if info else fields


def list_languages(library: Library) -> list[str]:
    """Languages of the site's channels, its own language first."""
    return list(dict.fromkeys((library.site.lang, *(channel.partition("-")[0] for channel in library.site.channels))))


def locate_field(steps: Sequence[str | int]) -> tuple[str, str, str]:
    """Id of the input, name and language of the field that `steps` lead to; empty where the form has none."""
    names = [str(step) for step in steps]
    if names[:1] == ["info"] and len(names) > 1:
        name = names[2] if len(names) > 2 else "headline"
        return f"f-{names[1]}-{name}", name if name in TEXT_LABELS else "", names[1]
    if names[:1] == ["info"]:
        return "texts", "headline", ""
    return (f"f-{names[0]}", names[0], "") if names and names[0] in PLAIN_LABELS else ("", "", "")


def compare_fields(seen: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name, seen text and current text of each field in which two texts of a draft differ."""
    for lang in dict.fromkeys((*seen.get("info", {}), *current.get("info", {}))):
        old, new = (fields.get("info", {}).get(lang, {}) for fields in (seen, current))
        for name in TEXT_FIELDS:
            if old.get(name, "") != new.get(name, ""):
                yield name, str(old.get(name, "")), str(new.get(name, ""))
    for name in PLAIN_LABELS:
        if seen.get(name) != current.get(name):
            yield name, _plain_text(seen.get(name)), _plain_text(current.get(name))


def _plain_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
