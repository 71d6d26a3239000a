"""Checks of an alert against the messages before it, strict for a real danger to life.

No place is a stop for any alert: everywhere is a choice, too. A language dropped since the last message, an order in a
message that ends the danger: stops for a danger to life, advice otherwise. Used by `sync.alerts.check`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from sync.alerts.alert import Alert, is_deadly, story_of
from sync.alerts.issue import AlertIssue, IssueLevel
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import parse_timestamp
from sync.documents.readability import sentences

ADVISED_DURATION = datetime.timedelta(hours=24)
ORDERS = frozenset({"Shelter", "Evacuate", "Prepare", "Execute", "Avoid"})  # CAP's responseType that ask people to act
# Verbs of flight and shelter as orders, in the two languages whose grammar tells an order. Other verbs may well stand
# in the end of an alert: "rentrez chez vous", "écoutez la radio".
_FRENCH_ORDER = re.compile(
    r"(?<!vous )\b(quittez|fuyez|évacuez|partez|sortez|courez|éloignez|abritez|réfugiez|cachez|enfermez|barricadez"
    r"|montez)\b",
    re.IGNORECASE,
)
_ENGLISH_ORDER = re.compile(
    r"(?:^|[.!;:,]\s+|\band\s+)(evacuate|leave|flee|run|take (?:cover|shelter)|seek (?:cover|shelter)|shelter"
    r"|move (?:to|away)|go (?:up|to higher)|stay (?:inside|indoors)|climb)\b",
    re.IGNORECASE,
)
_ORDER_PATTERNS = {"fr": _FRENCH_ORDER, "en": _ENGLISH_ORDER}


def check_story(alert: Alert, library: Library, now: datetime.datetime) -> Iterator[AlertIssue]:
    level = IssueLevel.STOP if is_deadly(alert, library.alerts) else IssueLevel.ADVICE
    if not alert.geocode:
        yield AlertIssue(
            ("geocode",),
            "alert-no-place",
            "Aucun lieu n’est choisi.",
            "Nommez les lieux du danger. S’il est partout, nommez les pays entiers.",
        )
    if alert.msgType != "Cancel" and parse_timestamp(alert.expires) > now + ADVISED_DURATION:
        hours = round((parse_timestamp(alert.expires) - now).total_seconds() / 3600)
        yield AlertIssue(
            ("expires",),
            "alert-long",
            "Cette alerte dure {hours} heures.",
            "Mettez la fin dans les 24 heures : si le danger dure, une mise à jour la repousse.",
            {"hours": hours},
            IssueLevel.ADVICE,
        )
    yield from _check_languages(alert, library, level)
    if alert.msgType == "Cancel":
        yield from _check_orders(alert, library, level)


def _check_languages(alert: Alert, library: Library, level: IssueLevel) -> Iterator[AlertIssue]:
    earlier = story_of(alert, library.alerts).earlier
    for lang in earlier[-1].info if earlier else ():
        if lang not in alert.info:
            yield AlertIssue(
                ("info", lang, "headline"),
                "alert-language-dropped",
                "Le message d’avant était aussi en « {lang} » : ces téléphones recevraient celui-ci dans une autre "
                "langue.",
                "Écrivez le texte dans cette langue aussi.",
                {"lang": lang},
                level,
            )


def _check_orders(alert: Alert, library: Library, level: IssueLevel) -> Iterator[AlertIssue]:
    if orders := ORDERS.intersection(alert.responseType):
        yield AlertIssue(
            ("responseType",),
            "cancel-orders",
            "Une fin d’alerte ne demande pas d’agir : « {orders} ».",
            "Gardez seulement « Danger passé ».",
            {"orders": ", ".join(sorted(orders))},
            level,
        )
    earlier_orders = {
        (lang, _folded(sentence))
        for earlier in story_of(alert, library.alerts).earlier
        for lang, info in earlier.info.items()
        for sentence in sentences(info.instruction)
    }
    for lang, info in alert.info.items():
        if info.instruction:
            yield _order(
                lang,
                "instruction",
                "Une fin d’alerte n’a pas de « Ce qu’il faut faire » : aucun téléphone ne le montrerait.",
                info.instruction,
                level,
            )
        for name, text in (("headline", info.headline), ("description", info.description)):
            for sentence in sentences(text):
                pattern = _ORDER_PATTERNS.get(lang)
                if (lang, _folded(sentence)) in earlier_orders or (pattern and pattern.search(sentence)):
                    yield _order(lang, name, "Cette phrase demande encore d’agir : « {quote} ».", sentence, level)


def _order(lang: str, name: str, sentence: str, text: str, level: IssueLevel) -> AlertIssue:
    return AlertIssue(
        ("info", lang, name),
        "cancel-orders",
        sentence,
        "Dites que le danger est passé, et ce qu’on peut faire de nouveau.",
        {"quote": text[:120]},
        level,
    )


def _folded(sentence: str) -> str:
    return " ".join(sentence.casefold().rstrip(" .!").split())
