"""The command line as a person runs it: real processes, a real port, sentences instead of tracebacks."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.documents.content import GOOD, write
from tests.server.site import APP

PATIENCE = 60.0  # seconds for a start on a busy machine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KUNNAFONI_")}
    return kept | {
        "KUNNAFONI_DATA": str(folder / "data"),
        "KUNNAFONI_CONTENT": str(folder / "content"),
        "KUNNAFONI_APP": str(folder / "app"),
        "LANG": "fr_FR.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments], env=environment(folder), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a running server, and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", "0", *arguments],
        env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"http://\S+", line):
                yield found[0], process
                break
        else:
            raise AssertionError(said)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        assert process.stdout
        process.stdout.close()


def get(url: str) -> bytes:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except ConnectionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def test_an_empty_store_is_filled_published_and_served_and_the_second_start_changes_nothing(folder: Path) -> None:
    with served(folder) as (url, _):
        assert "Garder son compte" in get(url + "fr-ML/guides/compte").decode()
        first = json.loads(get(url + "feed/fr-ML/manifest"))["statement"]
    with served(folder) as (url, _):
        assert json.loads(get(url + "feed/fr-ML/manifest"))["statement"] == first


def test_another_process_publishes_and_the_running_server_shows_it(folder: Path) -> None:
    with served(folder) as (url, _):
        get(url)
        write(folder / "content", {"guides/argent/fr.md": "---\ntitle: Un nouveau titre\n---\nTexte.\n"})
        assert "1 changés" in run(folder, "import", str(folder / "content"))
        assert "pages changent" in run(folder, "publish", "--dry-run")
        run(folder, "publish")
        end = time.monotonic() + PATIENCE
        while "Un nouveau titre" not in get(url + "fr-ML/guides/argent").decode():
            assert time.monotonic() < end
            time.sleep(0.2)


def test_bad_content_is_told_by_path_and_line_and_nothing_is_taken(folder: Path) -> None:
    write(folder / "content", {"guides/compte/fr.md": "---\ntitle: T\ntitel: T\n---\nX\n"})
    assert "guides/compte/fr.md:3:" in run(folder, "serve", "--port", "0", code=1)


def test_a_port_taken_is_a_sentence(folder: Path) -> None:
    with served(folder) as (url, _):
        port = url.rstrip("/").rpartition(":")[2]
        assert f"Le port {port} est déjà pris" in run(folder, "serve", "--port", port, code=1)


def test_export_and_import_again_change_nothing(folder: Path) -> None:
    run(folder, "import", str(folder / "content"))
    run(folder, "export", str(folder / "out"))
    assert "0 nouveaux, 0 changés" in run(folder, "import", str(folder / "out"))


def test_the_key_is_rotated_only_with_the_committed_one(folder: Path) -> None:
    run(folder, "import", str(folder / "content"))
    run(folder, "publish")
    assert "époque 2" in run(folder, "keys", "rotate", str(folder / "data/keys/next-1.pem"))
    assert "annoncée" in run(folder, "keys", "rotate", str(folder / "data/keys/edition-1.pem"), code=1)


def test_a_process_with_another_key_serves_but_refuses_to_publish(folder: Path) -> None:
    run(folder, "import", str(folder / "content"))
    run(folder, "publish")
    (folder / "data/keys").rename(folder / "data/old-keys")
    write(folder / "content", {"guides/argent/fr.md": "---\ntitle: Autre\n---\nTexte.\n"})
    run(folder, "import", str(folder / "content"))
    assert "n’est pas celle qui signe" in run(folder, "publish", code=1)
    with served(folder) as (url, _):
        assert b"Garder son compte" in get(url + "fr-ML/guides/compte")
