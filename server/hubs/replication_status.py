"""How each replication goes, in plain words: from what CouchDB's scheduler says of it, never from its text shown as it is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.hubs.replications import Road
from sync.locale import N_
from sync.store.administration import REPLICATOR, CouchAdmin


class Health(StrEnum):
    CURRENT = "current"
    BEHIND = "behind"
    STARTING = "starting"
    CUT = "cut"
    STOPPED = "stopped"
    MISSING = "missing"


# By health, and by the words in which CouchDB tells an error.
SENTENCES = {
    Health.CURRENT: N_("à jour"),
    Health.BEHIND: N_("{pending} changements en attente"),
    Health.STARTING: N_("commence"),
    Health.CUT: N_("coupé ({why})"),
    Health.STOPPED: N_("arrêté ({why})"),
    Health.MISSING: N_("pas mis en place : recommencez « kunnafoni hub join »"),
}
WHY = (
    (("nxdomain", "no such host"), N_("l’adresse de l’autre machine n’existe pas")),
    (
        ("econnrefused", "conn_failed", "closed", "timeout", "timedout", "ehostunreach", "enetunreach"),
        N_("l’autre machine ne répond pas"),
    ),
    (("unauthorized", "session_request_unauthorized", "401"), N_("l’autre machine refuse le compte")),
    (("forbidden", "403"), N_("le compte n’a pas ce droit sur l’autre machine")),
    (("db_not_found", "could not open", "not_found"), N_("une base manque sur l’autre machine")),
    (("tls", "certificate", "handshake"), N_("le certificat de l’autre machine n’est pas reconnu")),
)
UNKNOWN = N_("CouchDB dit pourquoi dans son journal")


@dataclass(frozen=True, slots=True)
class State:
    """`pending`: changes not yet looked at, -1 when CouchDB does not know. `since`: when CouchDB last saw it change, "" for never."""

    road: Road
    health: Health
    pending: int
    why: str
    since: str

    @property
    def well(self) -> bool:
        return self.health in (Health.CURRENT, Health.BEHIND)

    def sentence(self, translate: Any) -> str:
        return str(translate(SENTENCES[self.health], pending=self.pending, why=translate(self.why) if self.why else ""))


async def states(couch: CouchAdmin, planned: Sequence[Road]) -> list[State]:
    return [_state(road, await couch.get(f"_scheduler/docs/{REPLICATOR}/{road.document}")) for road in planned]


def _state(road: Road, told: Mapping[str, Any] | None) -> State:
    if told is None:
        return State(road, Health.MISSING, -1, "", "")
    info = told.get("info") or {}
    pending = info.get("changes_pending")
    known = pending if isinstance(pending, int) else -1
    since = str(told.get("last_updated") or "")
    match told.get("state"):
        case "running":
            return State(road, Health.BEHIND if known > 0 else Health.CURRENT, known, "", since)
        case "completed":
            return State(road, Health.CURRENT, 0, "", since)
        case "crashing" | "error":
            return State(road, Health.CUT, known, why(info), since)
        case "failed":
            return State(road, Health.STOPPED, known, why(info), since)
        case _:
            errors = told.get("error_count") or 0
            return State(road, Health.CUT if errors else Health.STARTING, known, why(info) if errors else "", since)


def why(info: Mapping[str, Any]) -> str:
    """The msgid that says it."""
    text = str(info.get("error", "")).lower()
    return next((sentence for words, sentence in WHY if any(word in text for word in words)), UNKNOWN)


def ago(since: str, now: datetime.datetime, translate: Any) -> str:
    """How long ago in words, "" for less than three hours, "jamais" for never."""
    passed = age(since, now)
    if passed is None:
        return str(translate(N_("jamais")))
    hours = int(passed.total_seconds() // 3600)
    if hours < 3:
        return ""
    count, sentence = (hours // 24, N_("il y a {count} jours")) if hours >= 48 else (hours, N_("il y a {count} heures"))
    return str(translate(sentence, count=count))


def age(since: str, now: datetime.datetime) -> datetime.timedelta | None:
    """How long ago; None for never."""
    try:
        return now - datetime.datetime.fromisoformat(since.replace("Z", "+00:00"))
    except ValueError:
        return None
