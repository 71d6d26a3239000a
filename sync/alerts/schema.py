"""The table of an alert's fields: what each may hold, with the line of what is wrong."""

from __future__ import annotations

from sync.alerts import alert as model
from sync.alerts.timestamps import Timestamp
from sync.documents.field_types import Boolean, ErrorReport, ListOf, MapOf, OneOf, Schema, Text
from sync.documents.model import SLUG
from sync.documents.yaml_tree import YamlNode, line_of

MAX_HEADLINE = 120  # characters: what a phone's notification shows of a title, and more; CAP advises 160 at most
_TEXT = Text(2000, is_multiline=True)
_SLUG = Text(
    60,
    pattern=SLUG,
    code="slug-form",
    hint="Lettres minuscules sans accent, chiffres et tirets : crue-bani-1.",
)
_PLACE = Text(
    20,
    pattern=r"[A-Z]{2}(-[A-Z0-9-]{1,16})?",
    code="place-form",
    hint="Le pays, un tiret, la région : ML-BKO. Ou le pays seul.",
)


def _check_times(alert: model.Alert, node: YamlNode, report: ErrorReport) -> None:
    for name in ("effective", "onset"):
        moment = getattr(alert, name)
        if moment and moment >= alert.expires:
            report.add(line_of(node, name), "alert-times", "« {name} » vient après la fin de l’alerte.", name=name)


def _check_references(alert: model.Alert, node: YamlNode, report: ErrorReport) -> None:
    if alert.msgType == "Alert" and alert.references:
        report.add(
            line_of(node, "references"),
            "alert-references",
            "Une nouvelle alerte n’en remplace pas d’autre.",
            "Écrivez « msgType: Update » ou « msgType: Cancel ».",
        )
    if alert.msgType != "Alert" and not alert.references:
        report.add(
            line_of(node, "msgType"),
            "alert-references",
            "Dites quelle alerte celle-ci change ou annule.",
            "Écrivez son nom sous « references ».",
        )


def _check_not_empty(alert: model.Alert, node: YamlNode, report: ErrorReport) -> None:
    if not alert.info:
        report.add(line_of(node, "info"), "field-empty", "Le champ « {name} » est vide.", name="info")
    if not alert.category:
        report.add(line_of(node, "category"), "field-empty", "Le champ « {name} » est vide.", name="category")


def _check_alert(alert: model.Alert, node: YamlNode, report: ErrorReport) -> None:
    _check_times(alert, node, report)
    _check_references(alert, node, report)
    _check_not_empty(alert, node, report)


INFO_SCHEMA = Schema(
    model.AlertInfo,
    {
        "headline": Text(MAX_HEADLINE),
        "description": _TEXT,
        "event": Text(60),
        "instruction": _TEXT,
        "areaDesc": Text(200),
    },
)
ALERT_SCHEMA = Schema(
    model.Alert,
    {
        "slug": _SLUG,
        "status": OneOf(model.STATUSES),
        "msgType": OneOf(model.MESSAGE_TYPES),
        "scope": OneOf(model.SCOPES),
        "category": ListOf(OneOf(model.CATEGORIES), key=str),
        "responseType": ListOf(OneOf(model.RESPONSES), key=str),
        "urgency": OneOf(model.URGENCIES),
        "severity": OneOf(model.SEVERITIES),
        "certainty": OneOf(model.CERTAINTIES),
        "geocode": ListOf(_PLACE, key=str),
        "effective": Timestamp(),
        "onset": Timestamp(),
        "expires": Timestamp(),
        "references": ListOf(_SLUG, key=str),
        "topic": _SLUG,
        "sent": Timestamp(),
        "over": Boolean(),
        "info": MapOf(r"[a-z]{2,3}", "Un code de langue et ses textes : fr, bm.", INFO_SCHEMA),
    },
    check=_check_alert,
)
