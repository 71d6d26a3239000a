"""Sample alerts: one, its update, its cancel, and the YAML file of an author."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.audience import Audience
from sync.alerts.library_with_alerts import Library
from sync.documents.model import Place, Places, Site, Topic

FRENCH = AlertInfo(
    "Le Bani déborde près de Djenné", "L’eau monte vite.", "Crue", "Montez vers les hauteurs.\nPrenez les bêtes."
)
BAMBARA = AlertInfo("Bani ji bɛ ka bonya", "Ji bɛ ka yɛlɛn joona.", "Ji", areaDesc="Jɛnɛ")
ALERT = Alert(
    "crue-bani-1",
    ("Met",),
    "Expected",
    "Severe",
    "Likely",
    "2026-11-26T18:00:00Z",
    {"fr": FRENCH, "bm": BAMBARA},
    responseType=("Evacuate",),
    geocode=("ML-4", "ML-5"),
    sent="2026-11-24T12:00:00Z",
)
UPDATE = replace(
    ALERT,
    slug="crue-bani-2",
    msgType="Update",
    references=("crue-bani-1",),
    severity="Extreme",
    sent="2026-11-24T15:00:00Z",
)
CANCEL = replace(
    ALERT,
    slug="crue-bani-3",
    msgType="Cancel",
    references=("crue-bani-2",),
    severity="Minor",
    responseType=("AllClear",),
    sent="2026-11-25T09:00:00Z",
    info={
        "fr": AlertInfo("Le Bani baisse", "La crue est finie.", "Crue"),
        "bm": AlertInfo("Bani ji jiginna", "Ji banna.", "Ji"),
    },
)
LIBRARY = Library(
    site=Site(id="exemple.ml", name="Kunnafoni", channels=("fr-ML", "bm-ML", "fr-BF")),
    topics=(Topic("sante", "shield", {"fr": "Santé"}),),
    places={
        "ML": Places("ML", "Mali", (Place("ML-4", "Ségou"), Place("ML-5", "Mopti"), Place("ML-18", "San", iso=False)))
    },
)

ALERT_YAML = """\
slug: crue-bani-1
category: [Met]
urgency: Expected
severity: Severe
certainty: Likely
geocode: [ML-4, ML-5]
expires: 2026-11-26T18:00Z
info:
  fr:
    headline: Le Bani déborde près de Djenné
    event: Crue
    description: L’eau monte vite.
    instruction: Montez vers les hauteurs.
"""


def library_with(*alerts: Alert) -> Library:
    return replace(LIBRARY, alerts={alert.slug: alert for alert in alerts})


def audience_of(alert: Alert) -> Audience:
    return Audience.for_alert(alert, library_with(ALERT, UPDATE, CANCEL).alerts)
