"""`kunnafoni notice import`: a citing draft, once; nothing without a licence, and nothing from a private network."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.commands.cli import commands
from sync.errors import Refused
from sync.store.contract import Collection, Record
from sync.store.sqlite.store import SqliteStore
from tests.support.claim_reviews import REVIEW
from tests.support.small_site import running_site, settings_for


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    async def publish() -> None:
        async with running_site(tmp_path):
            pass

    asyncio.run(publish())
    settings = settings_for(tmp_path)
    monkeypatch.setenv("KUNNAFONI_DATA", str(settings.data))
    monkeypatch.setenv("KUNNAFONI_CONTENT", str(settings.content))
    monkeypatch.setenv("KUNNAFONI_APP", str(settings.app))
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    return tmp_path


def import_reviews(source: str, *options: str) -> Result:
    return CliRunner().invoke(commands, ["notice", "import", source, *options])


def drafts(folder: Path) -> list[Record]:
    async def read() -> list[Record]:
        store = SqliteStore(settings_for(folder).data / "kunnafoni.db")
        await store.prepare()
        records = await store.scan(Collection.CONTENT, "draft:", "draft;")
        await store.close()
        return list(records)

    return asyncio.run(read())


def test_a_review_becomes_one_draft_that_cites_it_and_is_published_by_nobody(folder: Path) -> None:
    file = folder / "review.json"
    file.write_text(json.dumps(REVIEW))
    result = import_reviews(str(file))
    assert result.exit_code == 0, result.output
    assert "/console/writing/notice:" in result.output
    assert REVIEW["license"] in result.output
    [draft] = drafts(folder)
    assert draft.body["fields"]["evidence"][0]["url"] == REVIEW["url"]
    assert "Déjà cité" in import_reviews(str(file)).output
    assert len(drafts(folder)) == 1


def test_without_a_licence_nothing_is_taken_until_a_person_has_read_it(folder: Path) -> None:
    file = folder / "review.json"
    file.write_text(json.dumps({name: value for name, value in REVIEW.items() if name != "license"}))
    refused = import_reviews(str(file)).exception
    assert isinstance(refused, Refused) and refused.code == "review-licence"
    assert drafts(folder) == []
    assert import_reviews(str(file), "--licensed").exit_code == 0


def test_an_address_in_a_private_network_is_not_asked(folder: Path) -> None:
    refused = import_reviews("http://127.0.0.1/review").exception
    assert isinstance(refused, Refused) and refused.code == "address-private"
