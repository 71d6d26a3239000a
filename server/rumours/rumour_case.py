"""A case of the rumour desk as pages show it: reports that say the same, with what was decided about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from server.rumours.case_records import CLOSED, OPEN, CaseRecord
from server.rumours.rumour_report import RumourReport

_LEVEL_ORDER = {"major": 0, "moderate": 1, "": 2, "minor": 3}
_STATE_ORDER = {OPEN: 0, CLOSED: 2}


@dataclass(frozen=True, slots=True)
class RumourCase:
    """`reports`: the oldest first. `answered`: ids of those whose senders have an answer."""

    record: CaseRecord
    reports: tuple[RumourReport, ...]
    answered: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def words(self) -> str:
        """The wording that most people sent; the first of several."""
        [(words, _count)] = Counter(report.words for report in self.reports).most_common(1)
        return words

    @property
    def wordings(self) -> list[str]:
        """Every different wording, the most frequent first."""
        return [words for words, _count in Counter(report.words for report in self.reports).most_common()]

    @property
    def since(self) -> str:
        return min(report.since for report in self.reports)

    @property
    def first_day(self) -> str:
        return min(report.day for report in self.reports)

    @property
    def last_day(self) -> str:
        return max(report.day for report in self.reports)

    @property
    def is_grave(self) -> bool:
        return any(report.is_grave for report in self.reports)

    @property
    def places(self) -> list[tuple[str, int]]:
        """Codes of places with the number of reports, the most frequent first."""
        return Counter(report.place for report in self.reports if report.place).most_common()

    @property
    def risks(self) -> list[tuple[str, int]]:
        """The harm that people fear, in their form's words, with the number of reports."""
        return self._count_labels(name for report in self.reports for name in report.risks)

    @property
    def spread(self) -> list[tuple[str, int]]:
        """The numbers of people who talk about it, in their form's words, with the number of reports."""
        return self._count_labels(report.spread for report in self.reports)

    @property
    def waiting(self) -> tuple[RumourReport, ...]:
        """The reports whose senders have no answer yet."""
        return tuple(report for report in self.reports if report.id not in self.answered)

    @property
    def order(self) -> tuple[int, bool, int, int, str]:
        """Open cases first; among them what may cost lives, then by level, by number of reports, the oldest first."""
        state = _STATE_ORDER.get(self.record.state, 1)
        if state == 0 and not self.waiting:
            state = 1
        level = _LEVEL_ORDER.get(self.record.level, 2)
        return state, not self.is_grave, level, -len(self.reports), self.since

    def _count_labels(self, names: Iterable[str]) -> list[tuple[str, int]]:
        labels = {name: label for report in self.reports for name, label in report.labels}
        counts = Counter(name for name in names if name)
        return [(labels.get(name, name), count) for name, count in counts.most_common()]
