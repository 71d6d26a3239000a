"""The stores, keys, backups, databases of hubs and built apps of earlier releases, opened by the code of today.

The phones' stores are opened by pwa/test/upgrade.test.ts. Names inside the code may change as they like; what is asked
here goes through commands and addresses alone.
"""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pyotp
import pytest

from sync.canonical import digest
from sync.errors import Unavailable
from sync.store.contract import Collection
from sync.store.open_store import open_store
from tests.support.kept_release import KeptRelease, copy_to_folder, kept_releases
from tests.support.server_process import ServerProcess, invoke_command, running_server
from tests.support.store_backends import pouchdb_server
from tests.tools.release.couch import Couch


@pytest.fixture(scope="module", params=kept_releases(), ids=lambda release: release.folder.name)
def release(request: pytest.FixtureRequest) -> KeptRelease:
    value: KeptRelease = request.param
    return value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, release: KeptRelease) -> Path:
    unpacked = tmp_path_factory.mktemp("release")
    for name in ("site", "app"):
        release.unpack(name, unpacked)
    return unpacked


@pytest.fixture(scope="module")
def site(folder: Path, release: KeptRelease) -> Iterator[ServerProcess]:
    """The current server on the release's data. It does not publish, so that nothing expires as years pass."""
    with running_server(folder, KUNNAFONI_PUBLISHER="0", KUNNAFONI_PUSH_SERVICES=release.facts["push"]) as server:
        server.get("")
        yield server


def test_every_release_is_kept() -> None:
    assert [release.folder.name for release in kept_releases()][:1] == ["0.1.0"]


def test_the_site_is_read_and_the_app_that_was_built_is_served(
    release: KeptRelease, folder: Path, site: ServerProcess
) -> None:
    for path, title in release.facts["pages"].items():
        assert f"<title>{title}</title>" in site.get(path).decode(), path
    statement = json.loads(site.get("feed/fr-ML/manifest"))["statement"]
    assert digest(statement) == release.facts["edition"]
    assert site.get("sw.js") == (folder / "app/sw.js").read_bytes()


def test_the_store_gets_an_identity_once_and_is_missed_from_then_on(folder: Path, site: ServerProcess) -> None:
    address = f"sqlite:///{folder / 'data/kunnafoni.db'}"
    given = identities(address)
    assert len(set(given.values())) == 1
    invoke_command(folder, "export", str(folder / "exported"))
    assert identities(address) == given
    ready = json.loads(site.get("readyz"))
    assert given[Collection.FEEDBACK].startswith(ready["store"])
    shutil.copytree(folder / "data", folder / "elsewhere/data", ignore=shutil.ignore_patterns("kunnafoni.db*"))
    with pytest.raises(Unavailable, match="store-part-missing"):
        invoke_command(folder, "export", str(folder / "lost"), "--data", str(folder / "elsewhere/data"))


def test_people_find_their_accounts_texts_alerts_and_what_they_were_sent(
    release: KeptRelease, site: ServerProcess
) -> None:
    facts = release.facts
    signed = facts["phone"]["ids"]["signed"]
    with _signed_in(site, release, "moussa") as moussa:
        submission_page = moussa.get(f"/console/feedback/one/{signed}").text
        for words in (
            facts["phone"]["words"]["signed"],
            "Radio Kayes 1",
            "À rappeler",
            "Le puits sera réparé.",
            facts["phone"]["code"],
        ):
            assert words in submission_page
        assert digest(moussa.get(f"/console/feedback/one/{signed}/file/0").content) == facts["phone"]["photoDigest"]
        assert moussa.get(f"/console/feedback/one/{facts['phone']['ids']['erased']}").status_code == 404
        alerts = moussa.get("/console/alerts").text
        for slug in facts["alerts"].values():
            assert slug in alerts
        assert "Un titre plus clair" in moussa.get("/console/publishing/fr-ML").text
        medium = re.search(r"/media/[\w-]{43}\.webp", moussa.get("/console/media").text)
        assert medium
        assert site.get(medium[0][1:])[8:12] == b"WEBP"
    with _signed_in(site, release, "fanta", pyotp.TOTP(facts["second"]).now()) as fanta:
        page = fanta.get(f"/console/writing/{facts['documents']['draft']}").text
        aside = re.search(r'href="([^"]*/edit\?with=aside[^"]*)"', page)
        assert "Telegram, pas à pas" in page
        assert aside
        assert "Telegram autrement" in fanta.get(aside[1]).text
    with _signed_in(site, release, "awa") as awa:
        journal = awa.get("/console/journal").text
        for words in ("a envoyé une alerte", "moussa", "fanta"):
            assert words in journal


def test_a_person_still_gets_the_answer(release: KeptRelease, site: ServerProcess) -> None:
    phone = release.facts["phone"]
    answer = _ask(site, "inbox/answers", {"id": phone["ids"]["signed"], "secret": phone["secrets"]["signed"]})
    assert answer["text"] == "Le puits sera réparé."


def test_answers_are_exported_as_they_were_and_sealed_ones_opened(release: KeptRelease, folder: Path) -> None:
    for slug in ("visite", "confiance"):
        out = folder / f"{slug}.ndjson"
        invoke_command(
            folder,
            "feedback",
            "open",
            str(out),
            "--key",
            str(folder / "recovery.pem"),
            "--form",
            slug,
            "--format",
            "ndjson",
        )
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert lines == [_as_exported_now(line) for line in release.facts["exports"][slug]]


def _as_exported_now(line: dict[str, Any]) -> dict[str, Any]:
    """A line of that release's export; its seals are of the kind that is not bound to a submission."""
    return line | ({"doubt": "seal-unbound"} if line["sealed"] else {})


def test_a_phone_of_that_release_is_led_on_by_what_is_published_now(
    release: KeptRelease, folder: Path, site: ServerProcess
) -> None:
    invoke_command(folder, "publish")
    have = release.facts["phone"]["edition"]
    with urllib.request.urlopen(f"{site.url}feed/fr-ML?have={have}", timeout=30) as answer:
        assert json.loads(answer.readline())["base"] == have


def test_a_backup_is_restored_whole_with_its_keys(release: KeptRelease, folder: Path) -> None:
    restored = folder / "restored"
    restored.mkdir()
    shutil.copytree(folder / "app", restored / "app")
    phrase = restored / "phrase"
    phrase.touch(0o600)
    phrase.write_text(release.facts["phrase"], "utf-8")
    invoke_command(restored, "restore", str(release.folder / "site.backup"), "--passphrase-file", str(phrase))
    assert copy_to_folder(restored, f"sqlite:///{restored / 'data/kunnafoni.db'}") == release.facts["store"]
    for key in sorted((folder / "data/keys").iterdir()):
        assert (restored / "data/keys" / key.name).read_bytes() == key.read_bytes(), key.name


def test_databases_of_headquarters_and_of_a_hub_are_stores(release: KeptRelease, folder: Path) -> None:
    facts = release.facts
    with pouchdb_server(folder) as host:
        addresses = {name: f"couchdb://test:se%2Fcr%40t@{host}/{name}" for name in ("site", "relais")}
        for name, address in addresses.items():
            Couch(address).load(release.databases(name))
        assert copy_to_folder(folder, addresses["site"]) == facts["couch-site"]
        assert f"Relais {facts['hub']['name']}, siège" in invoke_command(
            folder, "hub", "status", "--store", addresses["relais"]
        )
        with running_server(folder, "--store", addresses["relais"], KUNNAFONI_PUBLISHER="0") as server:
            for path, title in facts["pages"].items():
                assert f"<title>{title}</title>" in server.get(path).decode(), path
            assert len(set(identities(addresses["relais"]).values()) - {""}) == 1
            assert _ask(server, "inbox/receipts", [facts["hub"]["report"]])["receipt"]
            assert _ask(
                server, "inbox/withdrawals", {"id": facts["hub"]["report"], "secret": facts["hub"]["secret"]}
            ) == {"erased": True}


def identities(address: str) -> dict[Collection, str]:
    async def read() -> dict[Collection, str]:
        store = open_store(address)
        try:
            return await store.identities()
        finally:
            await store.close()

    found = anyio.run(read)
    assert list(found) == list(Collection)
    return found


@contextmanager
def _signed_in(site: ServerProcess, release: KeptRelease, name: str, code: str = "") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url.rstrip("/"), timeout=30) as client:
        answer = client.post(
            "/console/sign-in", data={"name": name, "password": release.facts["password"], "code": code}
        )
        assert answer.status_code == 303, answer.text
        yield client


def _ask(server: ServerProcess, path: str, value: Any) -> Any:
    answer = httpx.post(server.url + path, json=value, timeout=30)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)
