"""Records of the rumour desk in the collection `feedback`. Hubs never send or receive them.

    rumour-member:{submission}  the case of a report that a person's decision put there
    rumour-case:{case}          level, notice, state, and every decision with its day and account

A case without a record is a group that the program made and nobody has decided about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sync.locale import N_
from sync.store.contract import Record

CASE_PREFIX, MEMBER_PREFIX = "rumour-case:", "rumour-member:"

# The consequences that a rumour may have, after the CDAC Network's guide "Rumour has it" (2017), as the READY
# initiative's categorisation tool has them: minor, moderate or major, by the harm that it can do.
# https://www.thecompassforsbc.org/sbcc-tools/example-rumor-categorization-tool (page of 2021-05-12, read 2026-12-01)
LEVELS: Mapping[str, str] = {"major": N_("Majeures"), "moderate": N_("Modérées"), "minor": N_("Mineures")}

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
STATE_LABELS = {OPEN: N_("À traiter"), ANSWERED: N_("Répondu"), CLOSED: N_("Classé sans suite")}
MAX_DECISIONS = 200  # kept on a case, the newest


@dataclass(frozen=True, slots=True)
class Decision:
    """`deed`: a code of DEED_LABELS. `about`: what it was about, as it may be shown: a level, a number of reports."""

    when: str
    who: str
    deed: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """The decisions about a case. `notice`: id of the document that answers it. `rev`: None before the first one."""

    id: str
    level: str = ""
    notice: str = ""
    state: str = OPEN
    decisions: tuple[Decision, ...] = ()
    rev: str | None = field(default=None, compare=False)

    def decided(self, decision: Decision, **changes: Any) -> CaseRecord:
        return replace(self, **changes, decisions=(*self.decisions, decision)[-MAX_DECISIONS:])

    def to_body(self) -> dict[str, Any]:
        decisions = [[each.when, each.who, each.deed, each.about] for each in self.decisions]
        return {"level": self.level, "notice": self.notice, "state": self.state, "decisions": decisions}


def case_from_record(record: Record) -> CaseRecord:
    """The case; values that are not what they should be count as not decided."""
    body = record.body
    level, notice, state = (str(body.get(name) or "") for name in ("level", "notice", "state"))
    stored = body.get("decisions")
    rows = stored if isinstance(stored, list) else []
    decisions = tuple(Decision(*map(str, row)) for row in rows if isinstance(row, list) and len(row) == 4)
    return CaseRecord(
        record.id.removeprefix(CASE_PREFIX),
        level if level in LEVELS else "",
        notice,
        state if state in STATE_LABELS else OPEN,
        decisions,
        record.rev,
    )
