"""Following the store in the process of a test, without the other jobs of a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.jobs import FOLLOW_EDITIONS, follow_jobs
from server.services import Services


@asynccontextmanager
async def following(services: Services, *, everything: bool = False) -> AsyncIterator[None]:
    """Follow editions, or everything that a server follows, until the context ends. Enters once they were read."""
    jobs = [job for job in follow_jobs(services) if everything or job.name == FOLLOW_EDITIONS]
    async with services.supervisor.running(jobs):
        await services.supervisor.wait_for_first_turns([job.name for job in jobs])
        yield
