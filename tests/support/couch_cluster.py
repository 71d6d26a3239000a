"""Three CouchDB nodes of one cluster (n=3), with commands to stop and start each, from the environment:

KUNNAFONI_TEST_CLUSTER="http://user:password@host:port http://… http://…"
KUNNAFONI_TEST_CLUSTER_STOP="command {node}"      {node}: 1, 2 or 3; returns when it is stopped
KUNNAFONI_TEST_CLUSTER_START="command {node}"     may return before it answers
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time

from tests.support.couch_operator import CouchOperator

ADDRESSES = tuple(address.rstrip("/") for address in os.environ.get("KUNNAFONI_TEST_CLUSTER", "").split())
STOP, START = os.environ.get("KUNNAFONI_TEST_CLUSTER_STOP", ""), os.environ.get("KUNNAFONI_TEST_CLUSTER_START", "")
IS_CONFIGURED = len(ADDRESSES) == 3 and bool(STOP) and bool(START)
PATIENCE = 120.0


def stop_node(node: int) -> None:
    _run(STOP, node)
    _until(node, up=False)


def start_node(node: int) -> None:
    _run(START, node)
    _until(node, up=True)


def is_up(node: int) -> bool:
    """True if the node answers and knows both others."""
    try:
        status, members = CouchOperator(ADDRESSES[node - 1]).ask("GET", "/_membership")
    except OSError:
        return False
    return status == 200 and bool(members["all_nodes"])


def store_address(node: int, prefix: str) -> str:
    return f"{ADDRESSES[node - 1].replace('http://', 'couchdb://', 1)}/{prefix}"


def _run(command: str, node: int) -> None:
    subprocess.run(
        shlex.split(command.format(node=node)),
        check=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _until(node: int, *, up: bool) -> None:
    end = time.monotonic() + PATIENCE
    while is_up(node) is not up:
        assert time.monotonic() < end, f"node {node} is {'not ' if up else ''}up"
        time.sleep(0.2)
