"""Two hundred phones with the app's own sync against one server that publishes, dies and comes back; the road cuts, freezes and forges."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import anyio
import pytest

from sync.editions.archive import Archive
from sync.editions.edition import Statement, parse_statement
from sync.store.open_store import open_store
from tests.support.content_folder import GOOD, write
from tests.support.phone_processes import Phones, bundle
from tests.support.server_process import Served, run
from tests.support.small_site import APP

PHONES = 200
ROUNDS = 6  # publications and restarts while the road is bad
PATIENCE = 600.0


def lively(numbers: random.Random, day: int) -> dict[str, str]:
    """An edit of some guides, now and then a new one."""
    names = numbers.sample(["argent", "compte-deux", "partage", "photo", "vote", f"neuf-{day}"], 2)
    words = " ".join(numbers.choice(["téléphone", "code", "kɛnɛ", "réseau", "lien", "preuve"]) for _ in range(300))
    essential = numbers.choice(["true", "false"])
    return {
        f"guides/{name}/fr.md": f"---\ntitle: {name} {day}\nessential: {essential}\n---\n{words}\n" for name in names
    }


def shown_head(folder: Path, server: Served) -> Statement:
    """What was published last, once the server hands it out."""
    published = sqlite_head(folder / "data/kunnafoni.db")
    end = time.monotonic() + PATIENCE
    while (head := parse_statement(json.loads(server.get("feed/fr-ML/manifest"))["statement"])).id != published:
        assert time.monotonic() < end
        time.sleep(0.2)
    return head


def sqlite_head(path: Path) -> str:
    """The id of the edition that the store names as the head."""

    async def read() -> str:
        store = open_store(f"sqlite:///{path}")
        try:
            edition = await Archive(store).head("fr-ML")
            assert edition
            return edition.id
        finally:
            await store.close()

    return anyio.run(read)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 8))])
def test_all_phones_end_on_the_head_and_none_ever_shows_what_does_not_prove(tmp_path: Path, seed: int) -> None:
    numbers = random.Random(seed)
    write(tmp_path / "content", {**GOOD, **lively(numbers, 0)})
    write(tmp_path / "app", APP)
    server = Served(tmp_path)
    phones = Phones(bundle(), server.url, seed, PHONES)
    try:
        for day in range(1, ROUNDS + 1):
            write(tmp_path / "content", lively(numbers, day))
            run(tmp_path, "import", str(tmp_path / "content"))
            run(tmp_path, "publish", "--channel", "fr-ML")
            time.sleep(numbers.uniform(0.5, 2.0))
            if day % 2:
                server.kill()
                time.sleep(numbers.uniform(0.1, 1.0))
                server = Served(tmp_path, port=server.port)
        head = shown_head(tmp_path, server)
        report = phones.settle(PATIENCE)
    except BaseException:
        phones.kill()
        raise
    finally:
        server.stop()
    assert report["broken"] == [], report
    assert report["heads"] == [head.id], report
    assert all(report["met"][trouble] > PHONES / 10 for trouble in ("cut", "forged", "frozen", "silent"))
