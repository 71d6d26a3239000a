"""Checks before an alert is sent, beyond its schema: places, references, times, length, the site's language."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sync.alerts.alert import TESTS_TOPIC, Alert, replaced_slugs, story_of
from sync.alerts.alert_area_names import is_known_place
from sync.alerts.library_with_alerts import Library
from sync.alerts.push_payload import MAX_PAYLOAD_BYTES, alert_text
from sync.alerts.timestamps import format_timestamp, parse_timestamp
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent, BadFolder

MAX_DURATION = datetime.timedelta(days=30)  # push services keep a message for at most four weeks
MAX_EPOCH = 9_999  # for the length of a payload: no site rotates its key more often


@dataclass(frozen=True, slots=True)
class AlertIssue:
    """A reason why an alert cannot be sent. `steps`: keys of the field, e.g. ("info", "bm", "description")."""

    steps: tuple[str | int, ...]
    code: str
    sentence: str
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def find_issues(alert: Alert, library: Library, now: datetime.datetime) -> Iterator[AlertIssue]:
    """All issues of an alert. `now`: the time at which it would be sent."""
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
    topics = {topic.slug for topic in library.topics} | {TESTS_TOPIC}
    if alert.topic and alert.topic not in topics:
        yield AlertIssue(("topic",), "topic-unknown", "Le thème « {topic} » n’existe pas.", "", {"topic": alert.topic})
    for lang in alert.info:
        size = alert_text(replace(alert, sent=format_timestamp(now)), lang, library, MAX_EPOCH).size
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
    """Raise BadFolder with all issues. `path`, `node`: file and YAML tree of the alert, for the lines."""
    errors = [
        BadContent(
            path or alert.slug,
            line_of(node, *issue.steps) if node else 0,
            issue.code,
            issue.sentence,
            issue.hint,
            **issue.values,
        )
        for issue in find_issues(alert, library, now)
    ]
    if errors:
        raise BadFolder(errors)


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


def _check_times(alert: Alert, now: datetime.datetime) -> Iterator[AlertIssue]:
    end = parse_timestamp(alert.expires)
    if end <= now and alert.msgType != "Cancel":
        yield AlertIssue(("expires",), "alert-over", "La fin de l’alerte est déjà passée.")
    if end > now + MAX_DURATION:
        values = {"days": MAX_DURATION.days}
        yield AlertIssue(
            ("expires",), "alert-lasting", "Une alerte dure {days} jours au plus.", "Écrivez plutôt un avis.", values
        )
