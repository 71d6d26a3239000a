"""Import of bundles: lines of a file, received in batches by the rules of a request. Used by console and commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
from anyio import to_thread

from server.inbox.service import InboxService
from sync.submissions.body_lines import MAX_LINES, RequestLine
from sync.submissions.bundle import read_bundle
from sync.submissions.receipts import Receipt
from sync.submissions.verdict import RETRY_SECONDS, Verdict

VERDICTS = ("accepted", "refused", "later")


@dataclass
class BundleResult:
    """Result of an import: counts of submissions and of pieces by verdict, error codes of refusals, receipts by id."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    piece_counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VERDICTS, 0))
    refusals: list[str] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def add(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            counts = self.piece_counts if "file" in verdict.subject else self.counts
            counts[verdict.verdict] += 1
            if verdict.error:
                self.refusals.append(verdict.error.code)
            if "receipt" in verdict.details:
                self.receipts[str(verdict.subject["id"])] = Receipt(*verdict.details["receipt"])

    @property
    def is_complete(self) -> bool:
        """True if all was accepted, with every piece."""
        return not any(counts[verdict] for counts in (self.counts, self.piece_counts) for verdict in VERDICTS[1:])

    @property
    def has_later(self) -> bool:
        """True if a submission or a piece has to come again: the same bundle is read once more."""
        return bool(self.counts["later"] or self.piece_counts["later"])


async def import_bundle(
    inbox: InboxService,
    text: str,
    patience: float = 0.0,
    on_wait: Callable[[float, int], None] = lambda seconds, count: None,
) -> list[Verdict]:
    """Receive the lines of a bundle; return their verdicts. Raises Refused if it is not a bundle of this site.

    Lines that have to come later are tried again after the time that their verdicts name, for `patience` seconds in
    all; `on_wait` is told each pause and the number of those lines.
    """
    lines = await to_thread.run_sync(read_bundle, text, inbox.site)
    return await receive_lines(inbox, lines, patience, on_wait)


async def receive_lines(
    inbox: InboxService,
    lines: Sequence[RequestLine],
    patience: float = 0.0,
    on_wait: Callable[[float, int], None] = lambda seconds, count: None,
) -> list[Verdict]:
    """Receive the lines that `read_bundle` read, as `import_bundle` does; return their verdicts."""
    verdicts: list[Verdict] = []
    for start in range(0, len(lines), MAX_LINES):
        verdicts += await _receive(inbox, lines[start : start + MAX_LINES], patience, on_wait)
    return verdicts


async def _receive(
    inbox: InboxService, lines: Sequence[RequestLine], patience: float, on_wait: Callable[[float, int], None]
) -> list[Verdict]:
    verdicts = await inbox.receive(lines, "bundle")
    while late := [index for index, verdict in enumerate(verdicts) if verdict.verdict == "later"]:
        pause = float(max(int(verdicts[index].details.get("seconds", RETRY_SECONDS)) for index in late))
        if pause > patience:
            return verdicts
        patience -= pause
        on_wait(pause, len(late))
        await anyio.sleep(pause)
        for index, verdict in zip(late, await inbox.receive([lines[index] for index in late], "bundle"), strict=True):
            verdicts[index] = verdict
    return verdicts
