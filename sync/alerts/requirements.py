"""The needs of an alert beyond its schema before it can leave: references, places, times, topic, languages, length.

Used by `sync.alerts.check`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from sync.alerts.alert import TESTS_TOPIC, Alert, replaced_slugs, story_of
from sync.alerts.alert_area_names import is_known_place
from sync.alerts.danger_templates import BLANK
from sync.alerts.issue import AlertIssue
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.locale import Language

MAX_DURATION = datetime.timedelta(days=30)  # push services keep a message for at most four weeks
MAX_EPOCH = 9_999  # for the length of a payload: no site rotates its key more often


def check_requirements(
    alert: Alert, library: Library, now: datetime.datetime, language_of: Callable[[str], Language] = Language
) -> Iterator[AlertIssue]:
    """All that makes it impossible to send the alert at `now`."""
    yield from _check_references(alert, library)
    yield from _check_places(alert, library)
    yield from _check_times(alert, now)
    yield from _check_blanks(alert)
    if library.site.lang not in alert.info:
        yield AlertIssue(
            ("info",),
            "alert-language",
            "Il manque le texte en « {lang} », la langue du site.",
            "",
            {"lang": library.site.lang},
        )
    topics = {topic.slug for topic in library.topics} | {TESTS_TOPIC}
    if alert.topic and alert.topic not in topics:
        yield AlertIssue(("topic",), "topic-unknown", "Le thème « {topic} » n’existe pas.", "", {"topic": alert.topic})
    for lang in alert.info:
        dated = replace(alert, sent=format_timestamp(now))
        size = alert_text(dated, lang, library, MAX_EPOCH, language_of=language_of).size
        if size > MAX_PAYLOAD_BYTES:
            yield AlertIssue(
                ("info", lang, "description"),
                "alert-too-long",
                "Ce texte fait {bytes} octets une fois signé, pour {limit} au plus.",
                "Raccourcissez-le : un téléphone le reçoit en un seul message.",
                {"bytes": size, "limit": MAX_PAYLOAD_BYTES},
            )


def _check_references(alert: Alert, library: Library) -> Iterator[AlertIssue]:
    replaced = replaced_slugs(library.alerts)
    for index, slug in enumerate(alert.references):
        if slug not in library.alerts:
            yield AlertIssue(
                ("references", index),
                "alert-unknown",
                "L’alerte « {slug} » n’a jamais été envoyée.",
                "",
                {"slug": slug},
            )
        elif slug in replaced and alert.slug not in library.alerts:
            yield AlertIssue(
                ("references", index),
                "alert-replaced",
                "L’alerte « {slug} » a déjà été changée ou annulée.",
                "Nommez la plus récente.",
                {"slug": slug},
            )
        elif alert.status == "Actual" and library.alerts[slug].status != "Actual":
            yield AlertIssue(
                ("status",),
                "alert-status",
                "Une vraie alerte ne peut pas changer un essai ou un exercice.",
                "Envoyez une nouvelle alerte.",
            )
    roots = {story_of(library.alerts[slug], library.alerts).root for slug in alert.references if slug in library.alerts}
    if len(roots) > 1:
        yield AlertIssue(
            ("references",), "alert-stories", "Ces alertes ne parlent pas de la même chose : changez-les une à une."
        )


def _check_places(alert: Alert, library: Library) -> Iterator[AlertIssue]:
    for index, code in enumerate(alert.geocode):
        if not is_known_place(code, library):
            yield AlertIssue(
                ("geocode", index),
                "place-unknown",
                "Le lieu « {place} » n’est pas connu de ce site.",
                "",
                {"place": code},
            )


def _check_blanks(alert: Alert) -> Iterator[AlertIssue]:
    for lang, info in alert.info.items():
        for field in fields(info):
            if blank := BLANK.search(getattr(info, field.name)):
                yield AlertIssue(
                    ("info", lang, field.name),
                    "alert-blank",
                    "Il reste un blanc à remplir : {blank}.",
                    "Écrivez-y ce que vous savez, ou enlevez la phrase.",
                    {"blank": blank[0]},
                )


def _check_times(alert: Alert, now: datetime.datetime) -> Iterator[AlertIssue]:
    end = parse_timestamp(alert.expires)
    if end <= now and alert.msgType != "Cancel":
        yield AlertIssue(("expires",), "alert-over", "La fin de l’alerte est déjà passée.")
    if end > now + MAX_DURATION:
        values = {"days": MAX_DURATION.days}
        yield AlertIssue(
            ("expires",), "alert-lasting", "Une alerte dure {days} jours au plus.", "Écrivez plutôt un avis.", values
        )
