"""`kunnafoni serve` and its neighbours: sentences instead of tracebacks, nothing half done."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from server.keys.keyring import open_keyring
from tests.support.content_folder import GOOD, write
from tests.support.server_process import PATIENCE, run_command, running_server
from tests.support.small_site import APP


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    return tmp_path


def test_an_empty_store_is_filled_published_and_served_and_the_second_start_changes_nothing(folder: Path) -> None:
    with running_server(folder) as server:
        assert "Garder son compte" in server.get("fr-ML/guides/compte").decode()
        first = json.loads(server.get("feed/fr-ML/manifest"))["statement"]
    with running_server(folder) as server:
        assert json.loads(server.get("feed/fr-ML/manifest"))["statement"] == first


def test_no_line_is_written_for_a_request_that_is_answered(folder: Path) -> None:
    with running_server(folder) as server:
        server.drain()
        start = server.said
        for path in ("fr-ML/guides/compte", "fr-ML/search?q=soignante", "feed/fr-ML", "healthz"):
            server.get(path)
        for path in ("fr-ML/guides/soignante", "console/sign-in?next=/console/soignante"):
            with suppress(urllib.error.HTTPError):
                urllib.request.urlopen(server.url + path)
    assert "soignante" not in server.said
    lines = server.said.removeprefix(start)
    assert re.findall(r"GET|HTTP/1|127\.0\.0\.1:\d+|guides/|search|/feed", lines) == [], lines


def test_another_process_publishes_and_the_running_server_shows_it(folder: Path) -> None:
    with running_server(folder) as server:
        server.get("")
        write(folder / "content", {"guides/argent/fr.md": "---\ntitle: Un nouveau titre\n---\nTexte.\n"})
        assert "1 changés" in run_command(folder, "import", str(folder / "content"))
        assert "pages changent" in run_command(folder, "publish", "--dry-run")
        run_command(folder, "publish")
        end = time.monotonic() + PATIENCE
        while "Un nouveau titre" not in server.get("fr-ML/guides/argent").decode():
            assert time.monotonic() < end
            time.sleep(0.2)


def test_bad_content_is_told_by_path_and_line_and_nothing_is_taken(folder: Path) -> None:
    write(folder / "content", {"guides/compte/fr.md": "---\ntitle: T\ntitel: T\n---\nX\n"})
    assert "guides/compte/fr.md:3:" in run_command(folder, "serve", "--port", "0", code=1)


def test_a_port_taken_is_a_sentence(folder: Path) -> None:
    with running_server(folder) as server:
        output = run_command(folder, "serve", "--port", str(server.port), code=1)
        assert f"Le port {server.port} est déjà pris" in output


def test_export_and_import_again_change_nothing(folder: Path) -> None:
    run_command(folder, "import", str(folder / "content"))
    run_command(folder, "export", str(folder / "out"))
    assert "0 nouveaux, 0 changés" in run_command(folder, "import", str(folder / "out"))


def test_the_key_is_rotated_only_with_the_committed_one(folder: Path) -> None:
    run_command(folder, "import", str(folder / "content"))
    run_command(folder, "publish")
    assert "époque 2" in run_command(folder, "keys", "rotate", str(folder / "data/keys/next-1.pem"))
    assert "annoncée" in run_command(folder, "keys", "rotate", str(folder / "data/keys/edition-1.pem"), code=1)


def test_a_process_with_another_key_serves_but_refuses_to_publish(folder: Path) -> None:
    run_command(folder, "import", str(folder / "content"))
    run_command(folder, "publish")
    (folder / "data/keys").rename(folder / "data/old-keys")
    open_keyring(folder / "data/keys", create=True)
    write(folder / "content", {"guides/argent/fr.md": "---\ntitle: Autre\n---\nTexte.\n"})
    run_command(folder, "import", str(folder / "content"))
    assert "n’est pas celle qui signe" in run_command(folder, "publish", code=1)
    with running_server(folder) as server:
        assert b"Garder son compte" in server.get("fr-ML/guides/compte")
        assert "ne publie pas" in server.said
