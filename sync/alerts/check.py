"""What keeps an alert from being sent, beyond the form of its fields: places, references, time, length, the site's own language."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sync.alerts.alert import TESTS, Alert, chain_of, replaced
from sync.alerts.library import Library
from sync.alerts.places import is_known
from sync.alerts.push_payload import LIMIT, word_of
from sync.alerts.timestamps import moment_of, stamp
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent, BadFolder

LONGEST = datetime.timedelta(
    days=30
)  # push services keep a message for four weeks at most; what lasts longer is a notice
ACCOUNTED_EPOCH = 9_999  # for lengths: no site will have changed its key more often


@dataclass(frozen=True, slots=True)
class Problem:
    """`steps` lead to the field: ("info", "bm", "description")."""

    steps: tuple[str | int, ...]
    code: str
    sentence: str
    hint: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def problems(alert: Alert, library: Library, now: datetime.datetime) -> Iterator[Problem]:
    """All of them, in the order of the fields."""
    yield from _references(alert, library)
    yield from _places(alert, library)
    yield from _times(alert, now)
    if library.site.lang not in alert.info:
        yield Problem(
            ("info",),
            "alert-language",
            "Il manque le texte en « {lang} », la langue du site.",
            "",
            {"lang": library.site.lang},
        )
    known = {topic.slug for topic in library.topics}
    if alert.topic and alert.topic not in known | {TESTS}:
        yield Problem(("topic",), "topic-unknown", "Le thème « {topic} » n’existe pas.", "", {"topic": alert.topic})
    for lang in alert.info:
        size = word_of(replace(alert, sent=stamp(now)), lang, library, ACCOUNTED_EPOCH).size
        if size > LIMIT:
            yield Problem(
                ("info", lang, "description"),
                "alert-too-long",
                "Ce texte fait {bytes} octets une fois signé, pour {limit} au plus.",
                "Raccourcissez-le : un téléphone le reçoit en un seul message.",
                {"bytes": size, "limit": LIMIT},
            )


def refuse(
    alert: Alert, library: Library, now: datetime.datetime, path: str = "", node: YamlNode | None = None
) -> None:
    """Raises BadFolder with every problem, by line where the alert was written in a file."""
    found = [
        BadContent(
            path or alert.slug, line_of(node, *one.steps) if node else 0, one.code, one.sentence, one.hint, **one.values
        )
        for one in problems(alert, library, now)
    ]
    if found:
        raise BadFolder(found)


def _references(alert: Alert, library: Library) -> Iterator[Problem]:
    gone = replaced(library.alerts)
    for index, slug in enumerate(alert.references):
        if slug not in library.alerts:
            yield Problem(
                ("references", index),
                "alert-unknown",
                "L’alerte « {slug} » n’a jamais été envoyée.",
                "",
                {"slug": slug},
            )
        elif slug in gone and alert.slug not in library.alerts:
            yield Problem(
                ("references", index),
                "alert-replaced",
                "L’alerte « {slug} » a déjà été changée ou annulée.",
                "Nommez la plus récente.",
                {"slug": slug},
            )
        elif alert.status == "Actual" and library.alerts[slug].status != "Actual":
            yield Problem(
                ("status",),
                "alert-status",
                "Une vraie alerte ne peut pas changer un essai ou un exercice.",
                "Envoyez une nouvelle alerte.",
            )
    roots = {chain_of(library.alerts[slug], library.alerts).root for slug in alert.references if slug in library.alerts}
    if len(roots) > 1:
        yield Problem(
            ("references",), "alert-stories", "Ces alertes ne parlent pas de la même chose : changez-les une à une."
        )


def _places(alert: Alert, library: Library) -> Iterator[Problem]:
    for index, code in enumerate(alert.geocode):
        if not is_known(code, library):
            yield Problem(
                ("geocode", index),
                "place-unknown",
                "Le lieu « {place} » n’est pas connu de ce site.",
                "",
                {"place": code},
            )


def _times(alert: Alert, now: datetime.datetime) -> Iterator[Problem]:
    ends = moment_of(alert.expires)
    if ends <= now and alert.msgType != "Cancel":
        yield Problem(("expires",), "alert-over", "La fin de l’alerte est déjà passée.")
    if ends > now + LONGEST:
        values = {"days": LONGEST.days}
        yield Problem(
            ("expires",), "alert-lasting", "Une alerte dure {days} jours au plus.", "Écrivez plutôt un avis.", values
        )
