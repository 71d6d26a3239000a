"""`kunnafoni account link`: a way in while strangers hold up the sign-in, and only for accounts that exist."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.accounts.account import Role
from server.app import create_services
from server.commands.cli import commands
from sync.errors import NotFound
from tests.support.small_site import settings_for


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the account of awa."""

    async def prepare() -> None:
        services = create_services(settings_for(tmp_path))
        await services.store.prepare()
        await services.accounts.invite("awa", Role.EDITOR)
        await services.store.close()

    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "assets.json").write_text('{"css": "", "scripts": []}')
    asyncio.run(prepare())
    monkeypatch.setenv("KUNNAFONI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KUNNAFONI_APP", str(tmp_path / "app"))
    monkeypatch.setenv("KUNNAFONI_URL", "https://exemple.ml")
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    return tmp_path


def test_a_link_leads_to_the_account_and_stands_in_the_journal(folder: Path) -> None:
    result = CliRunner().invoke(commands, ["account", "link", "awa"])
    assert result.exit_code == 0, result.output
    [token] = re.findall(r"https://exemple\.ml/console/welcome/([\w-]+)", result.output)

    async def look() -> None:
        services = create_services(settings_for(folder))
        assert (await services.accounts.invitations.get(token)).account == "awa"
        assert [(entry.what, entry.target) for entry in await services.audit.list_recent(5)] == [
            ("account-reset", "awa")
        ]
        await services.store.close()

    asyncio.run(look())


def test_nobody_gets_a_link_to_an_account_that_is_not_there(folder: Path) -> None:
    result = CliRunner().invoke(commands, ["account", "link", "fanta"])
    assert isinstance(result.exception, NotFound)
    assert "welcome" not in result.output
