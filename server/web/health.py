"""Health checks for operators' tools: liveness and readiness. They reveal nothing about readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from server.supervision.job_state import JobProblem
from server.web.app_state import HasApp
from sync.errors import KunnafoniError
from sync.store.contract import Store

NO_STORE = {"cache-control": "no-store"}
DISK_FULL = "disk-full"
NOTHING_PUBLISHED = "nothing-published"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Input of `/readyz`, all of it in memory: a store that hangs does not hold back the answer.

    `channels`: those that this process can serve now. `find_job_problems`: problems of its background jobs, among them
    the watch over the store. `has_disk_space`: whether submissions are accepted. `site`: the beginning of the identity
    of the store, by which `doctor` recognizes its server.
    """

    store: Store
    channels: Callable[[], list[str]]
    find_job_problems: Callable[[], list[JobProblem]]
    has_disk_space: Callable[[], bool]
    site: Callable[[], str]

    def find_problems(self) -> list[dict[str, Any]]:
        """Reasons not to be ready, each with a `code`; those of jobs also name the job and count failures."""
        problems: list[dict[str, Any]] = [
            {"code": problem.code, "job": problem.job, "failures": problem.failure_count, "seconds": problem.age}
            for problem in self.find_job_problems()
        ]
        failure: KunnafoniError | None = self.store.write_failure
        if failure and failure.code not in [problem["code"] for problem in problems]:
            problems.append({"code": failure.code})
        if not self.has_disk_space():
            problems.append({"code": DISK_FULL})
        if not self.channels():
            problems.append({"code": NOTHING_PUBLISHED})
        return problems


def readiness_of(request: HasApp) -> Readiness:
    readiness: Readiness = request.app.state.readiness
    return readiness


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=NO_STORE)


async def readyz(request: Request) -> Response:
    """200 if every job works, the store is whole and takes writes, and a channel can be served; otherwise 503.

    `code`: the first problem's.
    """
    readiness = readiness_of(request)
    body: dict[str, Any] = {"ready": True, "channels": readiness.channels(), "store": readiness.site()}
    problems = readiness.find_problems()
    if problems:
        body |= {"ready": False, "code": problems[0]["code"], "problems": problems}
    return JSONResponse(body, 503 if problems else 200, NO_STORE)
