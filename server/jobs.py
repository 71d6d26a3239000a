"""Background jobs of a server process: the table that the application's lifespan gives to the supervisor.

Every process follows the store and precompresses feeds; a hub's also polls headquarters' changes and downloads
editions. A process that has the signing keys also publishes on request and at set hours, watches feeds of foreign
alerts, tells people what waits for them, signs the daily freshness, prunes old editions and media, and erases expired
submissions.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio

from server.hubs.change_polling import ChangePolling
from server.hubs.hub_job import HubJob
from server.inbox.folder_bundle import drop_old_refusals
from server.inbox.retention import drop_expired_invitations, erase_expired
from server.media.unused_media import purge_withdrawn
from server.services import Services
from server.supervision.supervisor import BackgroundJob
from sync.editions.publishing import SigningKeys
from sync.store.contract import Collection

log = logging.getLogger("kunnafoni.jobs")

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOLLOW_EDITIONS = "follow-editions"
RETRY_INTERVAL = MINUTE  # seconds before pending requests and renewed keys are checked again without a change
LONGEST_FOLLOWING_RETRY = 30.0  # seconds: what other processes write, a revocation for example, must soon be known
FIRST_CLEAN_UP = 10 * MINUTE  # seconds after the start: a server that restarts every night cleans up too


@asynccontextmanager
async def run_jobs(services: Services, keys: SigningKeys | None) -> AsyncIterator[None]:
    """Run every job until the context ends. Enters once the store was read, or could not be."""
    following = follow_jobs(services)
    async with services.audit.writing_last(), services.supervisor.running([*following, *other_jobs(services, keys)]):
        await services.supervisor.wait_for_first_turns([job.name for job in following])
        yield


def follow_jobs(services: Services) -> list[BackgroundJob]:
    followers = {
        FOLLOW_EDITIONS: services.current_editions.follower,
        "follow-feedback": services.inbox.node_cache.followers[Collection.FEEDBACK],
        "follow-people": services.inbox.node_cache.followers[Collection.PEOPLE],
    }
    return [
        BackgroundJob(name, follower.turn, 2 * MINUTE, longest_retry=LONGEST_FOLLOWING_RETRY)
        for name, follower in followers.items()
    ]


def other_jobs(services: Services, keys: SigningKeys | None) -> list[BackgroundJob]:
    jobs = [
        BackgroundJob("store", services.store_watch.turn, MINUTE, longest_retry=LONGEST_FOLLOWING_RETRY, is_vital=True),
        BackgroundJob("receipts", services.inbox.acknowledge_replicated, MINUTE, longest_retry=LONGEST_FOLLOWING_RETRY),
        BackgroundJob("feeds", _at_each_load(services, lambda: _precompress_feeds(services)), 10 * MINUTE),
        BackgroundJob("journal", services.audit.turn, 10 * MINUTE),
        BackgroundJob("erasures", lambda: _settle_erasures(services), HOUR),
        *services.alerts.jobs(services.supervisor.start),
    ]
    if services.hub_folder:
        jobs += [
            BackgroundJob("hub-folder", services.hub_folder.turn, 10 * MINUTE),
            BackgroundJob("drop-refusals", lambda: _drop_refusals(services), 25 * HOUR, FIRST_CLEAN_UP),
        ]
    if services.open_couch and services.open_couch_at:
        find_record_id = services.inbox.node_cache.find_record_id
        hubs = HubJob(
            services.open_couch,
            services.open_couch_at,
            services.store,
            services.inbox,
            find_record_id,
            services.clock,
            keys is not None,
            services.settings.data,
        )
        download, polling = services.edition_download, ChangePolling(services.open_couch, services.store)
        jobs += [
            BackgroundJob("hubs", hubs.turn, HOUR),
            BackgroundJob("change-polling", polling.turn, 3 * HOUR, longest_retry=LONGEST_FOLLOWING_RETRY),
            BackgroundJob("edition-download", _at_each_load(services, download.turn), HOUR),
            BackgroundJob("missing-media", services.missing_media.turn, HOUR),
            BackgroundJob("hub-clean-up", lambda: _clean_up_hub(services), 25 * HOUR, FIRST_CLEAN_UP),
        ]
    if keys:
        jobs += [
            BackgroundJob("keys", _at_each_load(services, lambda: _renew_keys(services)), 10 * MINUTE),
            BackgroundJob("publish-requests", _at_each_load(services, lambda: _publish_requests(services)), HOUR),
            BackgroundJob("scheduled-publications", lambda: _publish_scheduled(services), 10 * MINUTE),
            BackgroundJob("alert-feeds", services.feed_watch.turn, HOUR),
            BackgroundJob("notices", services.notifier.turn, HOUR),
            BackgroundJob("freshness", lambda: _confirm(services), 3 * HOUR),
            BackgroundJob("retention", lambda: _erase_expired(services), 25 * HOUR),
            *clean_up_jobs(services),
        ]
    return jobs


def clean_up_jobs(services: Services) -> list[BackgroundJob]:
    """Daily clean-up: old editions, bytes of withdrawn media, unused caches, expired codes. Each fails alone."""
    return [
        BackgroundJob("prune-editions", lambda: _prune_editions(services), 25 * HOUR, FIRST_CLEAN_UP),
        BackgroundJob("purge-media", lambda: _purge_media(services), 25 * HOUR, FIRST_CLEAN_UP),
        BackgroundJob("drop-cache", lambda: _drop_cache(services), 25 * HOUR, FIRST_CLEAN_UP),
        BackgroundJob("drop-invitations", lambda: _drop_invitations(services), 25 * HOUR, FIRST_CLEAN_UP),
    ]


def _at_each_load(services: Services, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[float]]:
    """A turn that works at once, then after each load of editions, and every RETRY_INTERVAL without one.

    Requests, and key rotations, which publish every channel, are in the collection that is followed for editions.
    """
    load_count = -1

    async def turn() -> float:
        nonlocal load_count
        with anyio.move_on_after(RETRY_INTERVAL):
            await services.current_editions.wait_for_newer(load_count)
        current_count, load_count = services.current_editions.load_count, -1  # after a failure no turn waits
        await work()
        load_count = current_count
        return 0.0

    return turn


async def _precompress_feeds(services: Services) -> None:
    """Compress what new phones get, and let publishing know its exact size."""
    for channel in services.current_editions.channels:
        if size := await services.feeds.precompress(channel):
            await services.publisher.cache.save_size(channel, size)


async def _renew_keys(services: Services) -> None:
    """Sign with the keys of the newest epoch once another process has rotated them."""
    if keys := await services.publisher.load_renewed_keys():
        services.sign_with(keys)


async def _publish_requests(services: Services) -> None:
    if keys := services.publisher.keys:
        await services.publish_requests.process_pending(keys)


async def _publish_scheduled(services: Services) -> float:
    keys = services.publisher.keys
    return await services.publication_schedule.process_due(keys) if keys else HOUR


async def _confirm(services: Services) -> float:
    if keys := services.publisher.keys:
        await services.publisher.confirm_heads(keys, services.current_editions.channels)
    return HOUR


async def _settle_erasures(services: Services) -> float:
    await services.store.settle_erasures()
    return 10 * MINUTE


async def _prune_editions(services: Services) -> float:
    channels = await services.archive.channels()  # memory may not have all of them
    await services.archive.prune(channels, _first_kept(services))
    return DAY


async def _clean_up_hub(services: Services) -> float:
    await services.edition_download.clean_up(_first_kept(services))
    return DAY


def _first_kept(services: Services) -> int:
    """The least number of editions that are kept for phones that hold them."""
    return int(services.clock().timestamp() - services.settings.keep_days * DAY)


async def _purge_media(services: Services) -> float:
    for name in await purge_withdrawn(services.store, services.clock()):
        await services.audit.record("", "media-purged", name)
    return DAY


async def _drop_invitations(services: Services) -> float:
    if count := await drop_expired_invitations(services.store, services.clock().date()):
        log.info("%d expired enrolment codes dropped", count)
    return DAY


async def _drop_refusals(services: Services) -> float:
    if count := await drop_old_refusals(services.store, services.clock().date()):
        log.info("%d old refusals of headquarters dropped", count)
    return DAY


async def _drop_cache(services: Services) -> float:
    """Delete what was kept for channels that the site no longer has."""
    await services.publisher.cache.records.drop_unused(await services.archive.channels())
    return DAY


async def _erase_expired(services: Services) -> float:
    today = services.clock().date()
    await erase_expired(services.store, services.inbox, services.submission_index, today)
    return DAY
