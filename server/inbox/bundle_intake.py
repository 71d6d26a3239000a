"""Import of bundles: lines of a file, received in batches by the rules of a request. Used by console and commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.inbox.service import InboxService
from sync.submissions.body_lines import MAX_LINES
from sync.submissions.bundle import read_bundle
from sync.submissions.receipts import Receipt
from sync.submissions.verdict import Verdict


@dataclass
class BundleResult:
    """Result of an import: counts by verdict, error codes of refusals, receipts by submission id."""

    counts: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "refused": 0, "later": 0})
    refusals: list[str] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def add(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            self.counts[verdict.verdict] += 1
            if verdict.error:
                self.refusals.append(verdict.error.code)
            if "receipt" in verdict.details:
                self.receipts[str(verdict.subject["id"])] = Receipt(*verdict.details["receipt"])


async def import_bundle(inbox: InboxService, text: str) -> list[Verdict]:
    """Receive the lines of a bundle; return their verdicts. Raises Refused if it is not a bundle of this site."""
    lines = read_bundle(text, inbox.site)
    verdicts: list[Verdict] = []
    for start in range(0, len(lines), MAX_LINES):
        verdicts += await inbox.receive(lines[start : start + MAX_LINES], "bundle")
    return verdicts
