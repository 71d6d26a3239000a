"""Work on an untrusted file in a process of its own: the file on stdin, the result on stdout.

The process has limited memory and processor time, an empty environment and no secrets. Whatever the file makes a parser
do, the server goes on; a process that reaches a limit has no result.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from server.program import ROOT

_CHILD_PROGRAM = (
    "import importlib, sys; sys.path.insert(0, sys.argv.pop(1)); importlib.import_module(sys.argv.pop(1)).main()"
)


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """`memory`: bytes of address space. `processor` and `timeout`: seconds of processor and wall-clock time.

    `file`: bytes of a file that the process may write; 0 for none.
    """

    memory: int
    processor: int
    timeout: float
    file: int = 0


class LimitedProcess:
    """Runs `main` of a module, one process at a time. `main` calls `apply_limits` first."""

    def __init__(self, module: str, limits: ProcessLimits) -> None:
        self._module = module
        self._limits = limits
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, arguments: Sequence[str], data: bytes) -> bytes:
        """Everything that the process wrote to stdout; b"" after the timeout."""
        if self._limiter is None:  # must be created inside the event loop
            self._limiter = anyio.CapacityLimiter(1)
        command = [sys.executable, "-I", "-c", _CHILD_PROGRAM, str(ROOT), self._module, *arguments]
        async with self._limiter:
            try:
                with anyio.fail_after(self._limits.timeout):
                    process = await anyio.run_process(
                        command, input=data, check=False, env={}, stderr=subprocess.DEVNULL
                    )
            except TimeoutError:
                return b""
        return process.stdout


def apply_limits(limits: ProcessLimits) -> None:
    """Limit this process. Called by the child."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, limits.processor))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))
