"""Background work of a server process: follow the store, harden feeds; and where the keys are: publish what others ask for,
sign the day's freshness, prune old editions, drop the bytes of media long withdrawn.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import anyio

from server.hubs.hub_job import HubJob
from server.inbox.retention import drop_invitations, erase_old
from server.media.purging import purge
from server.services import Services
from sync.editions.publishing import SigningKeys
from sync.errors import KunnafoniError

log = logging.getLogger("kunnafoni.jobs")

HOUR = 3600.0
AGAIN = 60.0  # seconds until what could not be published, because the store was silent, is tried again
DAY = 24 * HOUR


@asynccontextmanager
async def running(services: Services, keys: SigningKeys | None) -> AsyncIterator[None]:
    """The shelf loaded and every job running, until the context ends."""
    async with services.shelf.following(), services.desk.following(), anyio.create_task_group() as tasks:
        tasks.start_soon(_harden, services)
        tasks.start_soon(services.alerts.run)
        if services.open_couch:
            hubs = HubJob(
                services.open_couch,
                services.store,
                services.desk,
                services.desk.registry.known_name,
                services.clock,
                keys is not None,
            )
            tasks.start_soon(hubs.run)
        if keys:
            tasks.start_soon(_follow_keys, services)
            tasks.start_soon(_publish_asked, services)
            tasks.start_soon(_confirm, services)
            tasks.start_soon(_prune, services)
            tasks.start_soon(_erase_old, services)
        yield
        tasks.cancel_scope.cancel()


async def _harden(services: Services) -> None:
    while True:
        loads = services.shelf.loads
        for channel in services.shelf.channels:
            await _tried(services.feeds.harden(channel))
        await services.shelf.newer(loads)


async def _follow_keys(services: Services) -> None:
    while True:
        loads = services.shelf.loads  # a rotation publishes every channel, which loads the shelf
        await _tried(_renew(services))
        with anyio.move_on_after(AGAIN):
            await services.shelf.newer(loads)


async def _renew(services: Services) -> None:
    """Sign with the keys of the newest epoch, when another process replaced them."""
    if keys := await services.publisher.renewed_keys():
        services.sign_with(keys)


async def _publish_asked(services: Services) -> None:
    while True:
        loads = services.shelf.loads  # the shelf follows the room in which requests lie
        if keys := services.publisher.keys:
            await _tried(services.publish_requests.fulfil(keys))
        with anyio.move_on_after(AGAIN):
            await services.shelf.newer(loads)


async def _confirm(services: Services) -> None:
    while True:
        if keys := services.publisher.keys:
            await _tried(services.publisher.confirm_heads(keys, services.shelf.channels))
        await anyio.sleep(HOUR)


async def _prune(services: Services) -> None:
    while True:
        await anyio.sleep(DAY)
        await keep_house(services)


async def keep_house(services: Services) -> None:
    """What one day's turn drops: old editions, then the bytes of media that were withdrawn and that nothing needs any more; ended codes."""
    before = int(services.clock().timestamp() - services.settings.keep_days * DAY)
    await _tried(services.archive.prune(services.shelf.channels, before))
    await _tried(_purge_media(services))
    await _tried(_drop_invitations(services))


async def _drop_invitations(services: Services) -> None:
    if count := await drop_invitations(services.store, services.clock().date()):
        log.info("%d ended codes of phones dropped", count)


async def _purge_media(services: Services) -> None:
    for name in await purge(services.store, services.clock()):
        await services.audit.record("", "media-purged", name)


async def _erase_old(services: Services) -> None:
    while True:
        today = services.clock().date()
        await _tried(erase_old(services.store, services.desk, services.index, today))
        await anyio.sleep(DAY)


async def _tried(work: Awaitable[object]) -> None:
    """A job that fails is logged by its code and tried again at its next turn."""
    try:
        await work
    except KunnafoniError as error:
        log.warning("%s", error.code)
