"""Phones of every earlier release sync with the current server."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.content_folder import GOOD, write
from tests.support.phone_processes import PATIENCE, PhoneProcess, random_guides, released_bundles, wait_for_head
from tests.support.server_process import run_command, running_server
from tests.support.small_site import APP


def test_every_release_is_kept() -> None:
    assert [path.stem for path in released_bundles()][:1] == ["0.1.0"]


@pytest.mark.parametrize("release", released_bundles(), ids=lambda path: path.stem)
def test_an_older_app_ends_on_the_head(tmp_path: Path, release: Path) -> None:
    numbers = random.Random(1)
    write(tmp_path / "content", {**GOOD, **random_guides(numbers, 0)})
    write(tmp_path / "app", APP)
    with running_server(tmp_path) as server:
        phones = PhoneProcess(release, server.url, seed=1, count=10)
        try:
            for day in (1, 2):
                write(tmp_path / "content", random_guides(numbers, day))
                run_command(tmp_path, "import", str(tmp_path / "content"))
                run_command(tmp_path, "publish", "--channel", "fr-ML")
            head = wait_for_head(tmp_path, server)
            report = phones.settle(PATIENCE)
        except BaseException:
            phones.kill()
            raise
    assert report["broken"] == [], report
    assert report["heads"] == [head.id], report
