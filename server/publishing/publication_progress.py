"""Publications that people started in the console, and how far each is: in the memory of the process that signs.

A publication goes on when its page is left, and most end before an answer has to be sent. Used by the console.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import anyio

from server.publishing.publisher import Publication
from server.supervision.supervisor import BackgroundJob, Supervisor
from server.web.app_state import HasApp

PATIENCE = 2.0  # seconds until a page of progress is shown instead of the result
KEPT = 20  # runs whose result can still be looked at
ALLOWANCE = 3600.0  # seconds


@dataclass
class PublicationRun:
    """`planned`, `published`: the channels among `channels` that are looked at, and those that readers have.

    `next_page`: address under /console at its end. `error`: the reason for which it stopped.
    """

    id: str
    next_page: str
    channels: tuple[str, ...]
    planned: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    error: Exception | None = None
    finished: anyio.Event = field(default_factory=anyio.Event)

    def note_planning(self, channel: str, number: int, count: int) -> None:
        self.planned.append(channel)

    def note_published(self, publication: Publication) -> None:
        self.published.append(publication.plan.channel)

    def require_success(self) -> bool:
        """True if it is done, False if it goes on. Raises the error for which it stopped."""
        if self.error:
            raise self.error
        return self.finished.is_set()


@dataclass
class PublicationRuns:
    supervisor: Supervisor
    _runs: dict[str, PublicationRun] = field(default_factory=dict)  # by id, oldest first

    async def start(
        self, channels: Sequence[str], next_page: str, publish: Callable[[PublicationRun], Awaitable[object]]
    ) -> PublicationRun:
        """Start `publish`, and return once it has ended or PATIENCE has passed."""
        run = PublicationRun(secrets.token_hex(8), next_page, tuple(channels))
        self._runs[run.id] = run
        while len(self._runs) > KEPT:
            self._runs.pop(next(iter(self._runs)))

        async def turn() -> None:
            try:
                await publish(run)
            except Exception as error:
                run.error = error
            finally:
                run.finished.set()

        self.supervisor.start(BackgroundJob(f"publication-{run.id}", turn, ALLOWANCE))
        with anyio.move_on_after(PATIENCE):
            await run.finished.wait()
        return run

    def find(self, id: str) -> PublicationRun | None:
        return self._runs.get(id)


def publication_runs_of(request: HasApp) -> PublicationRuns:
    runs: PublicationRuns = request.app.state.publication_runs
    return runs
