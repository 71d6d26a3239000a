"""Publication of one channel: plan the changes, measure their cost, then sign, store and announce an edition.

Takes rendered pages (see `sync.rendering.render`), the time and the keys. Unchanged pages make no new edition.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import brotli

from sync.editions.archive import Archive, Freshness
from sync.editions.delta import Delta, diff_manifests
from sync.editions.edition_statement import Statement, freshness_bytes, next_number
from sync.editions.feed import Edition, write_feed
from sync.editions.manifest import Manifest, build_manifest
from sync.editions.page import BODY_LIMIT, INDEX, SHELL, KeptPage, Page, compose
from sync.editions.signing import Signer, key_digest
from sync.errors import Conflict, Refused, Unavailable

MAX_ATTEMPTS = 5  # of confirming a head that other processes confirm at the same time
ESTIMATE_QUALITY = 6  # brotli: what new phones get until a server has compressed the edition at the best level
RESPONSE_HEAD_BYTES = 264  # of a response's status and header lines (a test compares); part of the download cost


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys of the publishing node. `next_key_digest` commits to the key of the next epoch."""

    signer: Signer
    epoch: int
    next_key_digest: str
    sealing_key: str = ""


@dataclass(frozen=True, slots=True)
class NewPhoneSize:
    """Bytes that a new phone downloads for an edition. `is_exact`: measured on an answer of the best compression."""

    edition: str
    bytes: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class DownloadCost:
    """Bytes that a new phone downloads, and those of an update from the previous edition (0 if there is none).

    `update` is exact. `new_phone` is, if `is_exact`; else the last exact size with the updates since, or that of a
    lower compression, some per cent more.
    """

    new_phone: int
    update: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """The changes that a publication would make to a channel. `bodies`: by digest, those that it adds at least.

    `missing`: digests of kept pages whose bodies the store has not.
    """

    channel: str
    previous: Edition | None
    manifest: Manifest
    bodies: dict[str, str]
    delta: Delta
    missing: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_unchanged(self) -> bool:
        return self.previous is not None and self.manifest == self.previous.manifest


async def plan_publication(
    archive: Archive, channel: str, pages: Sequence[Page | KeptPage], known_bodies: Mapping[str, str] | None = None
) -> PublicationPlan:
    """Plan the publication of these pages. `known_bodies`: by digest, of kept pages that may not be stored yet.

    Raises Refused if a page is too large or the shell or home is missing.
    """
    rendered = [page for page in pages if isinstance(page, Page)]
    for page in rendered:
        if len(page.body.encode()) > BODY_LIMIT:
            raise Refused(
                "page-too-large",
                "La page {path} dépasse la taille permise.",
                "Coupez ce texte en deux.",
                path=page.path,
            )
    shells = [page for page in rendered if page.path == SHELL]
    if not shells or INDEX not in {page.path for page in pages if page.part == "first"}:
        raise Refused("channel-without-home", "La chaîne {channel} n’a pas de page d’accueil.", channel=channel)
    compose(shells[0].body, "")
    manifest = build_manifest(pages)
    previous = await archive.head(channel)
    delta = diff_manifests(previous.manifest if previous else None, manifest)
    bodies = {page.digest: page.body for page in rendered}
    kept = {page.digest for page in pages} - bodies.keys()
    if known_bodies:
        bodies |= {name: known_bodies[name] for name in kept if name in known_bodies}
    added = {change.entry.digest for change in delta.changes if change.entry.digest != change.old}
    bodies |= await archive.bodies((added & kept) - bodies.keys())
    missing = frozenset(await archive.missing(kept - bodies.keys()))
    return PublicationPlan(channel, previous, manifest, bodies, delta, missing)


async def measure_cost(
    archive: Archive,
    plan: PublicationPlan,
    keys: SigningKeys,
    site: str,
    now: datetime.datetime,
    known_size: NewPhoneSize | None = None,
) -> DownloadCost:
    """The download cost of a plan. `known_size`: of the channel's latest edition for which there is one."""
    edition = _sign_edition(plan, keys, site, now)
    date = now.date().isoformat()
    fresh = (date, keys.signer.sign(freshness_bytes(edition.statement, date)))
    previous = plan.previous if not plan.is_unchanged else None
    update = 0
    if previous:
        old_bodies = await archive.bodies({change.old for change in plan.delta.changes if change.old})
        update = wire_size(write_feed(edition, previous, old_bodies | plan.bodies).encode(fresh))
    if known_size and plan.previous and known_size.edition == plan.previous.id:
        return DownloadCost(known_size.bytes + update, update, known_size.is_exact and plan.is_unchanged)
    bodies = await archive.bodies({entry.digest for entry in plan.manifest.entries} - plan.bodies.keys())
    whole = write_feed(edition, None, bodies | plan.bodies).encode(fresh)
    return DownloadCost(wire_size(whole, ESTIMATE_QUALITY), update, False)


async def publish(
    archive: Archive,
    plan: PublicationPlan,
    keys: SigningKeys,
    site: str,
    now: datetime.datetime,
    *,
    force: bool = False,
    before_announcement: Callable[[Edition], Awaitable[None]] | None = None,
) -> Edition:
    """Sign, store and announce the planned edition. Without changes the head is returned, unless `force` is set.

    `before_announcement`: called with the signed edition before readers can get it; its error stops the publication.

    Raises Refused if the store's editions are signed with other keys, Conflict if another publication was first, and
    Unavailable if the keys were rotated and this process has not loaded the new ones yet.
    """
    if (current := await archive.current_key()) and current[0] > keys.epoch:
        raise Unavailable("key-replaced", "La clé de ce site vient d’être remplacée.", "Recommencez dans un instant.")
    if not await can_sign(archive, keys):
        raise Refused(
            "key-not-this-stores",
            "La clé de cette machine n’est pas celle qui signe les éditions de ce site.",
            "Publiez depuis la machine qui a la clé, ou remettez ses fichiers de clé en place.",
        )
    if not force and plan.previous and plan.is_unchanged and _has_same_keys(plan.previous.statement, keys):
        return plan.previous
    edition = _sign_edition(plan, keys, site, now)
    await archive.store_edition(edition, plan.bodies, plan.previous)
    if before_announcement:
        await before_announcement(edition)
    await archive.announce(edition, plan.previous)
    await confirm_freshness(archive, edition, keys, now)
    return await archive.edition(edition.id) or edition


async def confirm_freshness(archive: Archive, head: Edition, keys: SigningKeys, now: datetime.datetime) -> bool:
    """Sign the day's freshness of the head; True if this call stored one.

    Safe to call from several processes: the freshness that another one stored is kept, and an edition that another one
    published meanwhile is left to it.
    """
    channel, date = head.statement.channel, now.date().isoformat()
    signature = ""
    for _ in range(MAX_ATTEMPTS):
        freshness = await archive.freshness(channel)
        if (freshness and freshness.edition == head.id and freshness.date >= date) or not await archive.is_head(head):
            return False
        signature = signature or keys.signer.sign(freshness_bytes(head.statement, date))
        if await archive.replace_freshness(
            channel, Freshness(head.id, date, signature, freshness.rev if freshness else None)
        ):
            return True
    raise Conflict(
        "confirmed-meanwhile",
        "D’autres programmes confirment « {channel} » en ce moment.",
        "Réessayez.",
        channel=channel,
    )


async def can_sign(archive: Archive, keys: SigningKeys) -> bool:
    """True if the keys are those of the store's editions or of the epoch that these commit to.

    Before the first edition any keys are valid.
    """
    current = await archive.current_key()
    return (
        current is None
        or current == (keys.epoch, keys.signer.public_key, keys.next_key_digest)
        or _is_rotation(current, keys)
    )


def wire_size(response_body: bytes, quality: int = 11) -> int:
    return len(brotli.compress(response_body, quality=quality)) + RESPONSE_HEAD_BYTES


def _has_same_keys(statement: Statement, keys: SigningKeys) -> bool:
    return statement.epoch == keys.epoch and keys.sealing_key in ("", statement.sealing_key)


def _is_rotation(current: tuple[int, str, str], keys: SigningKeys) -> bool:
    epoch, _, committed = current
    return keys.epoch == epoch + 1 and key_digest(keys.signer.public_key) == committed


def _sign_edition(plan: PublicationPlan, keys: SigningKeys, site: str, now: datetime.datetime) -> Edition:
    first, rest = plan.manifest.digests
    previous = plan.previous.statement.number if plan.previous else 0
    statement = Statement(
        site,
        plan.channel,
        keys.epoch,
        next_number(previous, int(now.timestamp())),
        now.date().isoformat(),
        keys.sealing_key or (plan.previous.statement.sealing_key if plan.previous else ""),
        keys.next_key_digest,
        first,
        rest,
    )
    return Edition(statement, keys.signer.sign(statement.bytes), keys.signer.public_key, plan.manifest)
