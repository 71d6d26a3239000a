"""What keeps an alert from being sent, beyond the form of its fields: places, references, time, length, the site's own language."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sync.alerts.alert import TESTS_TOPIC, Alert, replaced_slugs, story_of
from sync.alerts.library import Library
from sync.alerts.places import is_known_place
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent, BadFolder

MAX_DURATION = datetime.timedelta(
    days=30
)  # push services keep a message for four weeks at most; what lasts longer is a notice
LONGEST_EPOCH = 9_999  # for lengths: no site will have changed its key more often


@dataclass(frozen=True, slots=True)
class AlertIssue:
    """`steps` lead to the field: ("info", "bm", "description")."""

    steps: tuple[str | int, ...]
    code: str
    sentence: str
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def find_issues(alert: Alert, library: Library, now: datetime.datetime) -> Iterator[AlertIssue]:
    """All of them, in the order of the fields."""
    yield from _check_references(alert, library)
    yield from _check_places(alert, library)
    yield from _check_times(alert, now)
    if library.site.lang not in alert.info:
        yield AlertIssue(
            ("info",),
            "alert-language",
            "Il manque le texte en « {lang} », la langue du site.",
            "",
            {"lang": library.site.lang},
        )
    known = {topic.slug for topic in library.topics}
    if alert.topic and alert.topic not in known | {TESTS_TOPIC}:
        yield AlertIssue(("topic",), "topic-unknown", "Le thème « {topic} » n’existe pas.", "", {"topic": alert.topic})
    for lang in alert.info:
        size = alert_text(replace(alert, sent=format_timestamp(now)), lang, library, LONGEST_EPOCH).size
        if size > MAX_PAYLOAD_BYTES:
            yield AlertIssue(
                ("info", lang, "description"),
                "alert-too-long",
                "Ce texte fait {bytes} octets une fois signé, pour {limit} au plus.",
                "Raccourcissez-le : un téléphone le reçoit en un seul message.",
                {"bytes": size, "limit": MAX_PAYLOAD_BYTES},
            )


def require_sendable(
    alert: Alert, library: Library, now: datetime.datetime, path: str = "", node: YamlNode | None = None
) -> None:
    """Raises BadFolder with every problem, by line where the alert was written in a file."""
    found = [
        BadContent(
            path or alert.slug, line_of(node, *one.steps) if node else 0, one.code, one.sentence, one.hint, **one.values
        )
        for one in find_issues(alert, library, now)
    ]
    if found:
        raise BadFolder(found)


def _check_references(alert: Alert, library: Library) -> Iterator[AlertIssue]:
    gone = replaced_slugs(library.alerts)
    for index, slug in enumerate(alert.references):
        if slug not in library.alerts:
            yield AlertIssue(
                ("references", index),
                "alert-unknown",
                "L’alerte « {slug} » n’a jamais été envoyée.",
                "",
                {"slug": slug},
            )
        elif slug in gone and alert.slug not in library.alerts:
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


def _check_times(alert: Alert, now: datetime.datetime) -> Iterator[AlertIssue]:
    ends = parse_timestamp(alert.expires)
    if ends <= now and alert.msgType != "Cancel":
        yield AlertIssue(("expires",), "alert-over", "La fin de l’alerte est déjà passée.")
    if ends > now + MAX_DURATION:
        values = {"days": MAX_DURATION.days}
        yield AlertIssue(
            ("expires",), "alert-lasting", "Une alerte dure {days} jours au plus.", "Écrivez plutôt un avis.", values
        )
