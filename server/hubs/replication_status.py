"""State of each replication from CouchDB's scheduler, with a sentence for people; CouchDB's own text is never shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.hubs.replications import Replication
from sync.locale import N_
from sync.store.administration import REPLICATOR, CouchAdmin


class ReplicationHealth(StrEnum):
    CURRENT = "current"
    BEHIND = "behind"
    STARTING = "starting"
    CUT = "cut"
    STOPPED = "stopped"
    MISSING = "missing"


# By health, and by words in CouchDB's error messages.
HEALTH_SENTENCES = {
    ReplicationHealth.CURRENT: N_("à jour"),
    ReplicationHealth.BEHIND: N_("{pending} changements en attente"),
    ReplicationHealth.STARTING: N_("commence"),
    ReplicationHealth.CUT: N_("coupé ({why})"),
    ReplicationHealth.STOPPED: N_("arrêté ({why})"),
    ReplicationHealth.MISSING: N_("pas mis en place : recommencez « kunnafoni hub join »"),
}
SILENT = N_("l’autre machine ne répond pas")
ERROR_SENTENCES = (
    (("nxdomain", "no such host"), N_("l’adresse de l’autre machine n’existe pas")),
    (
        ("econnrefused", "conn_failed", "closed", "timeout", "timedout", "ehostunreach", "enetunreach"),
        SILENT,
    ),
    (("unauthorized", "session_request_unauthorized", "401"), N_("l’autre machine refuse le compte")),
    (("forbidden", "403"), N_("le compte n’a pas ce droit sur l’autre machine")),
    (("db_not_found", "could not open", "not_found"), N_("une base manque sur l’autre machine")),
    (("tls", "certificate", "handshake"), N_("le certificat de l’autre machine n’est pas reconnu")),
)
UNKNOWN_ERROR = N_("CouchDB dit pourquoi dans son journal")


@dataclass(frozen=True, slots=True)
class ReplicationState:
    """State of one replication.

    `pending`: number of changes to examine, -1 if unknown. `since`: when CouchDB last updated the state, "" for never.
    """

    replication: Replication
    health: ReplicationHealth
    pending: int
    reason: str
    since: str

    @property
    def is_healthy(self) -> bool:
        return self.health in (ReplicationHealth.CURRENT, ReplicationHealth.BEHIND)

    def sentence(self, translate: Any) -> str:
        return str(
            translate(
                HEALTH_SENTENCES[self.health], pending=self.pending, why=translate(self.reason) if self.reason else ""
            )
        )


async def load_states(couch: CouchAdmin, expected: Sequence[Replication]) -> list[ReplicationState]:
    """The state of each replication; MISSING also for one whose stored selector is not the expected one."""
    return [await _load_state(couch, replication) for replication in expected]


async def _load_state(couch: CouchAdmin, replication: Replication) -> ReplicationState:
    definition = await couch.get_document(REPLICATOR, replication.document_id)
    if definition is None or definition.get("selector") != replication.selector:
        return _parse_state(replication, None)
    return _parse_state(replication, await couch.get_json(f"_scheduler/docs/{REPLICATOR}/{replication.document_id}"))


def _parse_state(replication: Replication, document: Mapping[str, Any] | None) -> ReplicationState:
    if document is None:
        return ReplicationState(replication, ReplicationHealth.MISSING, -1, "", "")
    info = document.get("info") or {}
    pending = info.get("changes_pending")
    pending_count = pending if isinstance(pending, int) else -1
    since = str(document.get("last_updated") or "")
    match document.get("state"):
        case "running":
            return ReplicationState(
                replication,
                ReplicationHealth.BEHIND if pending_count > 0 else ReplicationHealth.CURRENT,
                pending_count,
                "",
                since,
            )
        case "completed":
            return ReplicationState(replication, ReplicationHealth.CURRENT, 0, "", since)
        case "crashing" | "error":
            return ReplicationState(replication, ReplicationHealth.CUT, pending_count, explain_error(info), since)
        case "failed":
            return ReplicationState(replication, ReplicationHealth.STOPPED, pending_count, explain_error(info), since)
        case _:
            errors = document.get("error_count") or 0
            return ReplicationState(
                replication,
                ReplicationHealth.CUT if errors else ReplicationHealth.STARTING,
                pending_count,
                explain_error(info) if errors else "",
                since,
            )


def explain_error(info: Mapping[str, Any]) -> str:
    """The msgid of the sentence for an error of CouchDB."""
    text = str(info.get("error", "")).lower()
    return next((sentence for words, sentence in ERROR_SENTENCES if any(word in text for word in words)), UNKNOWN_ERROR)


def describe_age(since: str, now: datetime.datetime, translate: Any) -> str:
    """Age in words: "" for less than three hours, "jamais" for never."""
    age = time_since(since, now)
    if age is None:
        return str(translate(N_("jamais")))
    hours = int(age.total_seconds() // 3600)
    if hours < 3:
        return ""
    count, sentence = (hours // 24, N_("il y a {count} jours")) if hours >= 48 else (hours, N_("il y a {count} heures"))
    return str(translate(sentence, count=count))


def time_since(since: str, now: datetime.datetime) -> datetime.timedelta | None:
    """Age of a timestamp; None if it is empty or malformed."""
    try:
        return now - datetime.datetime.fromisoformat(since.replace("Z", "+00:00"))
    except ValueError:
        return None
