"""The library that a publisher has read, with the plans and costs made from it, and the keys of what goes into each.

Used by `publisher`, which reads the records again only after a change of the collection `content`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.alerts.library_with_alerts import Library
from sync.canonical import digest
from sync.content.stored import LibraryRecords, StoredDocument
from sync.documents.model import Guide, Notice
from sync.editions.feed import Edition
from sync.editions.publishing import DownloadCost, NewPhoneSize, PublicationPlan
from sync.rendering.document_selection import can_concern
from sync.rendering.page_cache import InputDigests
from sync.rendering.render import Assets


@dataclass(frozen=True, slots=True)
class LibraryState:
    """All that decides a library and its pages: revisions of documents, the day, the program, and `assets`."""

    revisions: str
    day: str
    renderer: str
    assets: Assets


@dataclass
class KnownLibrary:
    """The library of `records` with plans by channel, and the cost of each plan for the size that was known then.

    `documents`: those of the library. `cursor`: of changes of `content` from before the reading of the records; None
    if nobody has only looked yet.
    """

    state: LibraryState
    cursor: str | None
    library: Library
    records: LibraryRecords
    documents: list[StoredDocument]
    plans: dict[str, PublicationPlan] = field(default_factory=dict)
    costs: dict[str, tuple[PublicationPlan, NewPhoneSize | None, DownloadCost]] = field(default_factory=dict)
    inputs: InputDigests = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = self.make_inputs()

    def make_inputs(self) -> InputDigests:
        """Digests for pages of this library, in which texts count by the revision of their record."""
        inputs = InputDigests()
        for document in self.documents:
            if isinstance(document.value, (Guide, Notice)):
                inputs.name_document(document.value, document.id, self.records.documents[document.id].rev)
        return inputs

    def plan_of(self, channel: str, head: Edition | None) -> PublicationPlan | None:
        """The plan of the channel if there is one that changes this head."""
        plan = self.plans.get(channel)
        is_current = plan is not None and (plan.previous.id if plan.previous else "") == (head.id if head else "")
        return plan if is_current else None

    def cost_of(self, plan: PublicationPlan, size: NewPhoneSize | None) -> DownloadCost | None:
        """The cost of this very plan if it was measured with this size."""
        known_plan, known_size, cost = self.costs.get(plan.channel, (None, None, None))
        return cost if known_plan is plan and known_size == size else None

    def inputs_of(self, channel: str) -> str:
        """The digest of everything on which the channel's pages depend: equal inputs give equal pages."""
        country, site_lang = channel.partition("-")[2], self.library.site.lang
        records = [
            self.records.documents[document.id]
            for document in self.documents
            if can_concern(document.value, country, site_lang)
        ]
        revisions = sorted((record.id, record.rev) for record in (*records, *self.records.media))
        parts = (channel, self.state.renderer, self.state.assets, self.library.authorities, revisions)
        return digest(self.inputs.encode(parts))
