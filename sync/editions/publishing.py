"""Publication of one channel: plan the changes, measure their cost, then sign, store and announce an edition.

Takes rendered pages (see `sync.rendering.render`), the time and the keys. Unchanged pages make no new edition.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import brotli

from sync.canonical import digest
from sync.editions.archive import Archive, Freshness
from sync.editions.delta import Delta, diff_manifests
from sync.editions.edition_statement import Statement, freshness_bytes, next_number
from sync.editions.feed import Edition, write_feed
from sync.editions.manifest import Manifest, build_manifest
from sync.editions.page import BODY_LIMIT, INDEX, SHELL, Page, compose
from sync.editions.signing import Signer, key_digest
from sync.errors import Conflict, Refused, Unavailable

MAX_ATTEMPTS = 5  # of confirming a head that other processes confirm at the same time
RESPONSE_HEAD_BYTES = 264  # of a response's status and header lines (a test compares); part of the download cost


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The keys of the publishing node. `next_key_digest` commits to the key of the next epoch."""

    signer: Signer
    epoch: int
    next_key_digest: str
    sealing_key: str = ""


@dataclass(frozen=True, slots=True)
class DownloadCost:
    """Bytes that a new phone downloads, and those of an update from the previous edition (0 if there is none)."""

    new_phone: int
    update: int


@dataclass(frozen=True, slots=True)
class PublicationPlan:
    """The changes that a publication would make to a channel."""

    channel: str
    previous: Edition | None
    manifest: Manifest
    bodies: dict[str, str]
    delta: Delta

    @property
    def is_unchanged(self) -> bool:
        return self.previous is not None and self.manifest == self.previous.manifest


async def plan_publication(archive: Archive, channel: str, pages: Sequence[Page]) -> PublicationPlan:
    """Plan the publication of these pages. Raises Refused if a page is too large or the shell or home is missing."""
    for page in pages:
        if len(page.body.encode()) > BODY_LIMIT:
            raise Refused(
                "page-too-large",
                "La page {path} dépasse la taille permise.",
                "Coupez ce texte en deux.",
                path=page.path,
            )
    shells = [page for page in pages if page.path == SHELL]
    if not shells or INDEX not in {page.path for page in pages if page.part == "first"}:
        raise Refused("channel-without-home", "La chaîne {channel} n’a pas de page d’accueil.", channel=channel)
    compose(shells[0].body, "")
    manifest = build_manifest(pages)
    previous = await archive.head(channel)
    delta = diff_manifests(previous.manifest if previous else None, manifest)
    return PublicationPlan(channel, previous, manifest, {digest(page.body): page.body for page in pages}, delta)


async def measure_cost(
    archive: Archive, plan: PublicationPlan, keys: SigningKeys, site: str, now: datetime.datetime
) -> DownloadCost:
    """The download cost of a plan, measured on the actual responses."""
    edition = _sign_edition(plan, keys, site, now)
    date = now.date().isoformat()
    fresh = (date, keys.signer.sign(freshness_bytes(edition.statement, date)))
    whole = write_feed(edition, None, plan.bodies)
    update = 0
    if plan.previous and not plan.is_unchanged:
        old_bodies = await archive.bodies({change.old for change in plan.delta.changes if change.old})
        update = wire_size(write_feed(edition, plan.previous, old_bodies | plan.bodies).encode(fresh))
    return DownloadCost(wire_size(whole.encode(fresh)), update)


async def publish(
    archive: Archive,
    plan: PublicationPlan,
    keys: SigningKeys,
    site: str,
    now: datetime.datetime,
    *,
    force: bool = False,
) -> Edition:
    """Sign, store and announce the planned edition. Without changes the head is returned, unless `force` is set.

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


def wire_size(response_body: bytes) -> int:
    return len(brotli.compress(response_body, quality=11)) + RESPONSE_HEAD_BYTES


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
