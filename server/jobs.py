"""Background jobs of a server process, run by the application's lifespan.

Every process follows the store and precompresses feeds. A process that has the signing keys also publishes on request,
signs the daily freshness, prunes old editions and media, and erases expired submissions.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import anyio

from server.hubs.hub_job import HubJob
from server.inbox.retention import drop_expired_invitations, erase_expired
from server.media.unused_media import purge_withdrawn
from server.services import Services
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError

log = logging.getLogger("kunnafoni.jobs")

HOUR = 3600.0
RETRY_INTERVAL = 60.0  # seconds before pending requests and renewed keys are checked again without a change
DAY = 24 * HOUR


@asynccontextmanager
async def run_jobs(services: Services, keys: SigningKeys | None) -> AsyncIterator[None]:
    """Follow the store and run every job until the context ends."""
    async with (
        services.current_editions.follow_changes(),
        services.inbox.follow_changes(),
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_precompress_feeds, services)
        tasks.start_soon(services.alerts.run)
        tasks.start_soon(services.audit.run)
        if services.open_couch:
            hubs = HubJob(
                services.open_couch,
                services.store,
                services.inbox,
                services.inbox.node_cache.find_record_id,
                services.clock,
                keys is not None,
            )
            tasks.start_soon(hubs.run)
        if keys:
            tasks.start_soon(_renew_keys, services)
            tasks.start_soon(_publish_requests, services)
            tasks.start_soon(_confirm_hourly, services)
            tasks.start_soon(_clean_up_daily, services)
            tasks.start_soon(_erase_old, services)
        yield
        tasks.cancel_scope.cancel()


async def _precompress_feeds(services: Services) -> None:
    while True:
        load_count = services.current_editions.load_count
        for channel in services.current_editions.channels:
            await _run_logging_errors(services.feeds.precompress(channel))
        await services.current_editions.wait_for_newer(load_count)


async def _renew_keys(services: Services) -> None:
    while True:
        load_count = services.current_editions.load_count  # raised by a key rotation, which publishes every channel
        await _run_logging_errors(_renew(services))
        with anyio.move_on_after(RETRY_INTERVAL):
            await services.current_editions.wait_for_newer(load_count)


async def _renew(services: Services) -> None:
    """Sign with the keys of the newest epoch once another process has rotated them."""
    if keys := await services.publisher.load_renewed_keys():
        services.sign_with(keys)


async def _publish_requests(services: Services) -> None:
    while True:
        load_count = services.current_editions.load_count  # follows the collection that also stores the requests
        if keys := services.publisher.keys:
            await _run_logging_errors(services.publish_requests.process_pending(keys))
        with anyio.move_on_after(RETRY_INTERVAL):
            await services.current_editions.wait_for_newer(load_count)


async def _confirm_hourly(services: Services) -> None:
    while True:
        if keys := services.publisher.keys:
            await _run_logging_errors(services.publisher.confirm_heads(keys, services.current_editions.channels))
        await anyio.sleep(HOUR)


async def _clean_up_daily(services: Services) -> None:
    while True:
        await anyio.sleep(DAY)
        await clean_up(services)


async def clean_up(services: Services) -> None:
    """Daily clean-up: old editions, then unused bytes of withdrawn media, and expired enrolment codes."""
    before = int(services.clock().timestamp() - services.settings.keep_days * DAY)
    await _run_logging_errors(services.archive.prune(services.current_editions.channels, before))
    await _run_logging_errors(_purge_media(services))
    await _run_logging_errors(_drop_invitations(services))


async def _drop_invitations(services: Services) -> None:
    if count := await drop_expired_invitations(services.store, services.clock().date()):
        log.info("%d expired enrolment codes dropped", count)


async def _purge_media(services: Services) -> None:
    for name in await purge_withdrawn(services.store, services.clock()):
        await services.audit.record("", "media-purged", name)


async def _erase_old(services: Services) -> None:
    while True:
        today = services.clock().date()
        await _run_logging_errors(erase_expired(services.store, services.inbox, services.submission_index, today))
        await anyio.sleep(DAY)


async def _run_logging_errors(work: Awaitable[object]) -> None:
    """Log a failing job by its error code; the job runs again at its next interval."""
    try:
        await work
    except KunnafoniError as error:
        log.warning("%s", error.code)
