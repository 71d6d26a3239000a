"""Processes of the program, forked from one that has read its modules once: each starts in a moment, not in a second.

Otherwise each is a process as from a shell, with arguments, environment, folder, outputs, signals and an exit code of
its own. Used by the tests that start commands and servers.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from server import commands
from tests.support import repository

MAX_ORDER = 200_000  # bytes of one process's arguments and environment


class ForkedProcess:
    """A running `kunnafoni`, ended by SIGTERM after a block. `stdout`, `stderr`: descriptors that it writes to."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        stdout: int,
        stderr: int,
        folder: Path | None = None,
        descriptors: int = 0,
    ) -> None:
        """`folder`: where it works, if not here. `descriptors`: the most files it may open, if not as many as here."""
        order = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "folder": str(folder or Path.cwd()),
            "descriptors": descriptors,
        }
        self._status, writing = os.pipe()
        try:
            socket.send_fds(_parent(), [json.dumps(order).encode()], [stdout, stderr, writing])
        finally:
            os.close(writing)
        self._code: int | None = None
        self.pid = int(self._read_line())

    def __enter__(self) -> ForkedProcess:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.poll() is None:
            self.terminate()
            self.wait(30)

    def poll(self) -> int | None:
        """The exit code, negative for the signal that ended it; None while it runs."""
        if self._code is None and select.select([self._status], [], [], 0)[0]:
            self._code = int(self._read_line() or -signal.SIGKILL)
            os.close(self._status)
        return self._code

    def wait(self, timeout: float) -> int:
        """Wait for the end; return the exit code. Raises TimeoutError."""
        if self._code is None and not select.select([self._status], [], [], timeout)[0]:
            raise TimeoutError(f"process {self.pid} runs on after {timeout} s")
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _read_line(self) -> str:
        line = b""
        while not line.endswith(b"\n") and (byte := os.read(self._status, 1)):
            line += byte
        return line.decode().strip()


@functools.cache
def _parent() -> socket.socket:
    """The control socket of the process that all others are forked from; it ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.forked_process", str(there.fileno())],
        cwd=repository.ROOT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"},
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
    )
    there.close()

    def end() -> None:
        here.close()
        process.wait(30)

    atexit.register(end)
    return here


def main(control: int) -> None:
    """Fork a process for each order until the other side is gone. Returns in each forked process, ready to run."""
    run = _load_program()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    with socket.socket(fileno=control) as orders:
        while True:
            order, descriptors, _, _ = socket.recv_fds(orders, MAX_ORDER, 3)
            if not order:
                return
            if os.fork() == 0:
                break
            for descriptor in descriptors:
                os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    stdout, stderr, status = descriptors
    if child := os.fork():
        _report(child, stdout, stderr, status)
    os.close(status)
    _prepare(json.loads(order), stdout, stderr)
    run()


def _load_program() -> Callable[[], None]:
    """The entry point, with the modules of all commands and of the application read."""
    for module in ("server.app", *(f"server.commands.{one.name}" for one in pkgutil.iter_modules(commands.__path__))):
        importlib.import_module(module)
    run: Callable[[], None] = importlib.import_module("server.commands.cli").main
    return run


def _report(child: int, stdout: int, stderr: int, status: int) -> None:
    """Write the child's id and, at its end, its exit code, as processes of other parents cannot be waited for."""
    for descriptor in (stdout, stderr):
        os.close(descriptor)
    with contextlib.suppress(BrokenPipeError):
        os.write(status, b"%d\n" % child)
        _, end = os.waitpid(child, 0)
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(end))
    os._exit(0)


def _prepare(order: Mapping[str, Any], stdout: int, stderr: int) -> None:
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    for descriptor in {stdout, stderr} - {1, 2}:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    if order["descriptors"]:
        resource.setrlimit(resource.RLIMIT_NOFILE, (order["descriptors"], order["descriptors"]))
    sys.argv = ["kunnafoni", *order["arguments"]]
    sys.modules["__main__"].__package__ = None  # the usage names the first argument, not this module


if __name__ == "__main__":
    main(int(sys.argv[1]))
