"""Groups of reports that say the same, made one report at a time: cost grows with what is new, not with what is there.

Each group is known by the words of its first reports. A new report is compared with the few groups that share its
rarest words. Pure; used by the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sync.claims.claim_index import ALIKE, ReportTokens, likeness_of

COMPARED = 4  # groups at most that a new report is compared with
LEADERS = 3  # reports of a group that others are compared with: a rumour is worded in some ways
SURELY = 80  # percent of likeness at which no other group is looked for
MOST_HOLDERS = 100  # groups; a word of more of them tells none from another


@dataclass(slots=True)
class _Group:
    """`leaders`: reports that others are compared with. `keys`: of the words of each different text in it."""

    leaders: list[ReportTokens] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


@dataclass
class ReportGroups:
    """Groups by key. A key is given by whoever adds a report to a group of its own."""

    _groups: dict[str, _Group] = field(default_factory=dict)
    _exact: dict[str, str] = field(default_factory=dict)  # the words' keys in one text -> group
    _holders: dict[str, set[str]] = field(default_factory=dict)  # token -> groups whose leaders have it

    def find_alike(self, report: ReportTokens) -> str | None:
        """The group that says the same; None if none does."""
        if (exact := self._exact.get(report.keys)) is not None:
            return exact
        best, best_score = None, ALIKE - 1
        for group in self._candidates(report.tokens):
            for leader in self._groups[group].leaders:
                score = likeness_of(report, leader)
                if score >= SURELY:
                    return group
                if score > best_score:
                    best, best_score = group, score
        return best

    def add(self, group: str, report: ReportTokens) -> None:
        """Note that the report belongs to the group."""
        if not report.tokens:
            return
        own = self._groups.setdefault(group, _Group())
        if self._exact.setdefault(report.keys, group) != group or report.keys in own.keys:
            return
        own.keys.add(report.keys)
        if len(own.leaders) < LEADERS:
            own.leaders.append(report)
            for token in report.tokens:
                self._holders.setdefault(token, set()).add(group)

    def drop(self, group: str) -> None:
        """Forget a group, for instance because its reports are added again elsewhere."""
        own = self._groups.pop(group, _Group())
        for keys in own.keys:
            del self._exact[keys]
        for token in {token for leader in own.leaders for token in leader.tokens}:
            self._holders[token].discard(group)
            if not self._holders[token]:
                del self._holders[token]

    def _candidates(self, tokens: Iterable[str]) -> list[str]:
        """The groups that share most of the tokens, rare ones counting more, the best first."""
        weight: dict[str, float] = {}
        for holders in self._tell_apart(tokens):
            for group in holders:
                weight[group] = weight.get(group, 0.0) + 1 / len(holders)
        return sorted(weight, key=lambda group: (-weight[group], group))[:COMPARED]

    def _tell_apart(self, tokens: Iterable[str]) -> Iterator[set[str]]:
        """The groups of each token, but of the most frequent ones."""
        return (holders for token in tokens if 0 < len(holders := self._holders.get(token, set())) <= MOST_HOLDERS)
