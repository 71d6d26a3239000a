"""One finding of the doctor, and the run of one check."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from server.supervision.job_state import failure_kind
from sync.errors import KunnafoniError


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence`, `hint`: msgids. `is_problem`: False for mere information. `fix`: the repair, None without one."""

    code: str
    sentence: str
    hint: str = ""
    is_problem: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    fix: Callable[[], Awaitable[None]] | None = None


def finding_of(error: KunnafoniError) -> Finding:
    return Finding(error.code, error.sentence, error.hint, values=error.values)


async def run_check(check: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """A check's findings; one that fails holds back no other."""
    try:
        return await check()
    except KunnafoniError as error:
        return [finding_of(error)]
    except Exception as error:
        name = check.__name__.removeprefix("_check_").replace("_", "-")
        sentence = "Le contrôle « {check} » n’a pas pu se faire : {error}."
        values = {"check": name, "error": failure_kind(error)}
        return [Finding("check-failed", sentence, "Une fiche est peut-être abîmée.", values=values)]
