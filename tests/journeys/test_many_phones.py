"""Two hundred phones with the app's own sync against a server that publishes and is killed, over a link that cuts,
freezes and forges.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.support.content_folder import GOOD, write
from tests.support.phone_processes import PATIENCE, PhoneProcess, build_bundle, random_guides, wait_for_head
from tests.support.server_process import ServerProcess, run_command
from tests.support.small_site import APP

PHONES = 200
FEWER_PHONES = 50  # of the seed that "make test" runs
ROUNDS, FEWER_ROUNDS = 6, 4  # publications and restarts over the bad link


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 8))])
def test_all_phones_end_on_the_head_and_none_ever_shows_what_does_not_prove(tmp_path: Path, seed: int) -> None:
    numbers = random.Random(seed)
    phone_count, rounds = (PHONES, ROUNDS) if seed > 1 else (FEWER_PHONES, FEWER_ROUNDS)
    write(tmp_path / "content", {**GOOD, **random_guides(numbers, 0)})
    write(tmp_path / "app", APP)
    server = ServerProcess(tmp_path)
    phones = PhoneProcess(build_bundle(), server.url, seed, phone_count)
    try:
        for day in range(1, rounds + 1):
            write(tmp_path / "content", random_guides(numbers, day))
            run_command(tmp_path, "import", str(tmp_path / "content"))
            run_command(tmp_path, "publish", "--channel", "fr-ML")
            time.sleep(numbers.uniform(0.5, 2.0))
            if day % 2:
                server.kill()
                time.sleep(numbers.uniform(0.1, 1.0))
                server = ServerProcess(tmp_path, port=server.port)
        head = wait_for_head(tmp_path, server)
        report = phones.settle(PATIENCE)
    except BaseException:
        phones.kill()
        raise
    finally:
        server.stop()
    assert report["broken"] == [], report
    assert report["heads"] == [head.id], report
    assert all(report["met"][trouble] > phone_count / 10 for trouble in ("cut", "forged", "frozen", "silent"))
