"""`kunnafoni account link`: a way in while strangers hold up the sign-in, and only for accounts that exist."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server.accounts.account import Role
from server.app import create_services
from server.commands import cli
from server.commands.cli import commands
from server.commands.command_index import LazyGroup
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


def test_a_file_that_cannot_be_written_is_named_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "no" / "such.csv"
    write = click.Command("write", callback=lambda: missing.write_bytes(b""))
    monkeypatch.setattr(cli.commands, "main", lambda **options: write.main([], **options))
    with pytest.raises(SystemExit):
        cli.main()
    said = capsys.readouterr().err
    assert str(missing) in said
    assert "Traceback" not in said


def test_nobody_gets_a_link_to_an_account_that_is_not_there(folder: Path) -> None:
    result = CliRunner().invoke(commands, ["account", "link", "fanta"])
    assert isinstance(result.exception, NotFound)
    assert "welcome" not in result.output


def test_help_lists_each_command_with_the_beginning_of_its_own_help() -> None:
    def check(group: click.Group) -> None:
        assert isinstance(group, LazyGroup) or group.name in (
            "account",
            "alert",
            "bundle",
            "device",
            "feedback",
            "hub",
            "notice",
            "pack",
        )
        for name, command in group.commands.items():
            text = " ".join((command.help or "").split())
            if isinstance(group, LazyGroup):
                assert text.startswith(group.targets[name].help), name
            if isinstance(command, click.Group):
                check(command)

    check(commands)


def test_help_and_publishing_import_no_web_server() -> None:
    def modules_of(words: str) -> set[str]:
        run = "try: main()\nexcept SystemExit: pass"
        code = f"import sys; from server.commands.cli import main\n{run}\nprint(*sys.modules)"
        result = subprocess.run(
            [sys.executable, "-c", code, *words.split()], capture_output=True, text=True, check=True
        )
        return set(result.stdout.splitlines()[-1].split())

    heavy = {"starlette", "uvicorn", "av", "PIL", "pywebpush", "openpyxl", "pyxform", "argon2", "webauthn"}
    assert not (modules_of("--help") & (heavy | {"jinja2", "anyio", "cryptography"}))
    assert not (modules_of("publish --help") & heavy)
