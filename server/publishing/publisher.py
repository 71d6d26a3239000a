"""The publisher: renders channels from stored documents, plans the editions, measures their cost and publishes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from anyio import to_thread

from server.accounts.audit import AuditLog
from server.keys.keyring import open_keyring
from server.keys.sealing_keys import get_live_pair, with_sealing_key
from server.publishing.companion_consent import with_consenting_companions
from server.publishing.known_library import KnownLibrary, LibraryState
from server.publishing.publication_log import PublicationLog, PublicationNote
from server.publishing.publishing_cache import ChannelInputs, PublishingCache
from server.publishing.rendering_version import rendering_version
from server.web.app_state import Clock, HasApp
from sync.alerts.library_with_alerts import Library
from sync.canonical import digest
from sync.content.published_notices import save_published_notices
from sync.content.stored import CheckedRevisions, read_library_records
from sync.documents.model import FormDocument, Notice
from sync.editions.archive import Archive
from sync.editions.delta import Delta
from sync.editions.feed import Edition
from sync.editions.publishing import (
    DownloadCost,
    NewPhoneSize,
    PublicationPlan,
    SigningKeys,
    can_sign,
    confirm_freshness,
    measure_cost,
    plan_publication,
    publish,
)
from sync.errors import NotFound, Refused
from sync.forms.form_document import adopt_compiled, compile_document
from sync.forms.version_store import store_versions
from sync.rendering.document_selection import select_notices
from sync.rendering.page_cache import PageCache
from sync.rendering.render import Assets, render_changed
from sync.store.contract import Collection, Store

PlanningProgress: TypeAlias = Callable[[str, int, int], None]  # channel, its number, number of channels


@dataclass(frozen=True, slots=True)
class Publication:
    """The result of publishing a channel; `edition` is None for a dry run."""

    plan: PublicationPlan
    cost: DownloadCost
    edition: Edition | None


@dataclass
class Publisher:
    """`key_folder`: this machine's key files. `keys`: the signing keys, None if this process does not publish."""

    store: Store
    archive: Archive
    assets: Assets
    key_folder: Path
    clock: Clock
    keys: SigningKeys | None = None
    _known: KnownLibrary | None = None
    _bodies: dict[str, dict[str, str]] = field(default_factory=dict)  # by channel and digest, of the last plans

    def __post_init__(self) -> None:
        self.cache = PublishingCache(self.store)
        self.log = PublicationLog(self.store, AuditLog(self.store, self.clock))

    def require_keys(self) -> SigningKeys:
        """The signing keys. Raises Refused if this process has none."""
        if self.keys is None:
            raise Refused(
                "no-publisher",
                "Cette machine ne publie pas : elle n’a pas la clé.",
                "Publiez depuis la machine qui l’a.",
            )
        return self.keys

    async def publish(
        self,
        keys: SigningKeys,
        channels: Sequence[str] = (),
        *,
        dry_run: bool = False,
        again: bool = False,
        note: PublicationNote | None = None,
        check: Callable[[Sequence[PublicationPlan]], None] = lambda plans: None,
        progress: Callable[[Publication], None] = lambda publication: None,
        planning: PlanningProgress = lambda channel, number, count: None,
    ) -> list[Publication]:
        """Publish the channels, or all if empty. All are rendered and checked before the first is signed.

        `dry_run`: only look; what this process has read is read again if the store says that it has changed. `again`:
        also sign unchanged channels, under a new number. `note`: for the publication log, None on the command line.
        `check`: sees the very plans that will be signed, and raises to stop. `planning`: called before each channel is
        planned, `progress` after it is published. Raises NotFound for an unknown channel.
        """
        keys = with_sealing_key(self.key_folder, keys)
        known, plans = await self._make_plans(channels, planning, is_look=dry_run)
        library = known.library
        check(plans)
        if not dry_run:
            await store_versions(self.store, [compile_document(form) for form in library.forms.values()])
            await save_published_notices(self.store, _notices_by_page(library, plans))
        publications: list[Publication] = []
        for plan in plans:
            publication = await self._measure(known, plan, keys)
            if not dry_run:
                publication = await self.announce(publication, library.site.id, keys, note, again=again)
            publications.append(publication)
            progress(publication)
        return publications

    async def announce(
        self,
        publication: Publication,
        site: str,
        keys: SigningKeys,
        note: PublicationNote | None,
        *,
        again: bool = False,
    ) -> Publication:
        """Sign a plan, log it and give it to readers; the result has the edition, the head without changes.

        Parameters and errors as of `publish` and `sync.editions.publishing.publish`.
        """
        plan, cost, now = publication.plan, publication.cost, self.clock()

        async def store_entry(edition: Edition) -> None:
            if note:
                await self.log.store_entry(note, plan, cost, edition, now)

        edition = await publish(self.archive, plan, keys, site, now, force=again, before_announcement=store_entry)
        size = await self.cache.load_size(plan.channel)
        if size is None or size.edition != edition.id:
            await self.cache.save_size(plan.channel, NewPhoneSize(edition.id, cost.new_phone, is_exact=False))
        if note and (plan.previous is None or edition.id != plan.previous.id):
            await self.log.enter_journal(note, edition)
        return replace(publication, edition=edition)

    async def make_plans(
        self, channels: Sequence[str] = (), planning: PlanningProgress = lambda channel, number, count: None
    ) -> tuple[Library, list[PublicationPlan]]:
        """Plan the editions of the channels, or all if empty. Raises NotFound for an unknown channel."""
        known, plans = await self._make_plans(channels, planning)
        return known.library, plans

    async def _make_plans(
        self, channels: Sequence[str], planning: PlanningProgress, *, is_look: bool = False
    ) -> tuple[KnownLibrary, list[PublicationPlan]]:
        known = self._known = await self._load_library(is_look)
        library = known.library
        for channel in channels:
            if channel not in library.site.channels:
                raise NotFound(
                    "channel-unknown",
                    "La chaîne {channel} n’est pas dans site.yaml.",
                    "Prenez le nom tel qu’il est dans site.yaml.",
                    channel=channel,
                )
        channels = channels or library.site.channels
        for number, channel in enumerate(channels, start=1):
            planning(channel, number, len(channels))
            head = await self.archive.head(channel)
            if known.plan_of(channel, head) is None:
                known.plans[channel] = await self._plan_unless_same(known, channel, head)
        return known, [known.plans[channel] for channel in channels]

    async def preview(self, change: Callable[[Library], Library]) -> list[Publication]:
        """The plans and costs of all channels if the library were changed so; nothing is published or approved.

        Raises Refused on a machine without keys, BadContent if a page would be too long.
        """
        keys = with_sealing_key(self.key_folder, self.require_keys())
        known = self._known = await self._load_library(is_look=True)
        # Digests of its own: what is only looked at must not stay in memory with the library's.
        changed = replace(known, library=change(known.library), plans={}, costs={})
        return [
            await self._measure(changed, await self._plan(changed, channel), keys)
            for channel in changed.library.site.channels
        ]

    async def _measure(self, known: KnownLibrary, plan: PublicationPlan, keys: SigningKeys) -> Publication:
        size = await self.cache.load_size(plan.channel)
        cost = known.cost_of(plan, size)
        if cost is None:
            cost = await measure_cost(self.archive, plan, keys, known.library.site.id, self.clock(), size)
            known.costs[plan.channel] = plan, size, cost
        return Publication(plan, cost, None)

    async def _load_library(self, is_look: bool) -> KnownLibrary:
        """The library with its plans; those that this process knows if nothing has changed that goes into them. Without
        companions whose consent is to be asked for again.

        `is_look`: nothing will be signed, and the changes that the store reports suffice.
        """
        day = self.clock().date().isoformat()
        renderer = await to_thread.run_sync(rendering_version)
        assets = replace(self.assets, recovery=get_live_pair(self.key_folder).recovery)
        known = self._known
        cursor = known.cursor if known else None
        if is_look:
            is_same = known and known.state == LibraryState(known.state.revisions, day, renderer, assets)
            is_changed, cursor = await self._follow_changes(cursor)
            if known and is_same and not is_changed:
                return known
        records = await read_library_records(self.store)
        state = LibraryState(records.revisions, day, renderer, assets)
        if known and known.state == state:
            known.cursor = cursor
            return known
        revisions = CheckedRevisions(await self.cache.load_revisions(renderer))
        documents = await to_thread.run_sync(records.to_documents, revisions)
        await self.cache.save_revisions(renderer, revisions.current)
        library = records.library_of(documents)
        await self._compile_forms(renderer, library)
        offices = {country: with_consenting_companions(each, day) for country, each in library.authorities.items()}
        return KnownLibrary(state, cursor, replace(library, authorities=offices), records, documents)

    async def _follow_changes(self, cursor: str | None) -> tuple[bool, str]:
        """True if documents may have changed after a cursor, and the cursor of now."""
        is_changed = cursor is None
        while True:
            changes = await self.store.changes(Collection.CONTENT, cursor)
            is_changed, cursor = is_changed or bool(changes.ids), changes.cursor
            if not changes.more:
                return is_changed, cursor

    async def confirm_heads(self, keys: SigningKeys, channels: Sequence[str]) -> int:
        """Sign today's freshness of each head that has this node's key; returns the number of new signatures."""
        count = 0
        for channel in channels:
            head = await self.archive.head(channel)
            if head and head.key == keys.signer.public_key:
                count += await confirm_freshness(self.archive, head, keys, self.clock())
        return count

    async def load_renewed_keys(self) -> SigningKeys | None:
        """The keys of the newest epoch after a rotation by another process; None without a newer epoch."""
        current = await self.archive.current_key()
        if self.keys is None or current is None or current[0] <= self.keys.epoch:
            return None
        keyring = await to_thread.run_sync(lambda: open_keyring(self.key_folder, create=False))
        if keyring and keyring.keys.epoch > self.keys.epoch and await can_sign(self.archive, keyring.keys):
            return keyring.keys
        return None

    async def _plan_unless_same(self, known: KnownLibrary, channel: str, head: Edition | None) -> PublicationPlan:
        """Plan a channel, without a look at its pages if the head has come from the same inputs."""
        inputs = await to_thread.run_sync(known.inputs_of, channel)
        if head and await self.cache.load_plan(channel) == ChannelInputs(inputs, _parts_of(head)):
            return PublicationPlan(channel, head, head.manifest, {}, Delta((), (), head.manifest.first))
        plan = await self._plan(known, channel)
        await self.cache.save_plan(channel, ChannelInputs(inputs, plan.manifest.digests))
        return plan

    async def _plan(self, known: KnownLibrary, channel: str) -> PublicationPlan:
        """Plan a channel. Pages that were rendered before are not rendered again while their bodies are there."""
        kept = await self.cache.load_pages(channel)
        lost: frozenset[str] = frozenset()
        while True:
            cache = PageCache(known.state.renderer, kept, known.inputs)
            pages = await to_thread.run_sync(render_changed, known.library, channel, known.state.assets, cache)
            plan = await plan_publication(self.archive, channel, pages, self._bodies.get(channel))
            if not plan.missing:
                break
            lost |= plan.missing
            kept = {key: name for key, name in kept.items() if name not in plan.missing}
        await self.cache.save_pages(channel, cache.used)
        apart = {page.digest for page in pages if page.part == "apart"}
        required = {change.entry.digest for change in plan.delta.changes} | lost | apart
        self._bodies[channel] = {name: body for name, body in plan.bodies.items() if name in required}
        return replace(plan, bodies=self._bodies[channel])

    async def _compile_forms(self, renderer: str, library: Library) -> None:
        """Compile the forms that this version of the program has not compiled before."""
        kept = await self.cache.load_forms(renderer)
        names = {_form_digest(form): form for form in library.forms.values()}
        for name, form in names.items():
            if name in kept:
                adopt_compiled(form, kept[name])
        if names.keys() - kept.keys():
            compiled = {name: await to_thread.run_sync(compile_document, form) for name, form in names.items()}
            await self.cache.save_forms(renderer, compiled)


def _parts_of(head: Edition) -> tuple[str, str]:
    return head.statement.first, head.statement.rest


def _notices_by_page(library: Library, plans: Sequence[PublicationPlan]) -> dict[str, Notice]:
    """The notices of these plans by the digest of their pages."""
    return {
        paths[f"notices/{entry.document.slug}"]: entry.document
        for plan in plans
        for paths in [plan.manifest.by_path()]
        for entry in select_notices(library, plan.channel)
    }


def _form_digest(form: FormDocument) -> str:
    return digest(f"{form.slug}\n{form.body}")


def publisher_of(request: HasApp) -> Publisher:
    publisher: Publisher = request.app.state.publisher
    return publisher
