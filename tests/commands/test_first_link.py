"""The first administrator's link: printed on a terminal alone, else left in a private file until somebody uses it."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from server.accounts.account import Role
from server.commands.first_link import FILE_NAME, say_first_link
from sync.errors import Gone
from tests.support.console_client import PASSWORD, ConsoleSite

pytestmark = pytest.mark.anyio

ADDRESS = "https://exemple.ml/console/welcome/"


class Terminal:
    """The output of a command. `is_terminal`: False for a service's output, which ends up in logs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
        self.printed = ""
        monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)

    def say(self, sentence: str, **values: Any) -> None:
        self.printed += sentence.format_map(values) + "\n"


def link_file(console_site: ConsoleSite) -> Path:
    return console_site.site.services.settings.data / FILE_NAME


async def test_a_service_prints_the_path_of_a_private_file_and_not_the_link(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, file = Terminal(monkeypatch, is_terminal=False), link_file(console_site)
    await say_first_link(console_site.site.services, ADDRESS, terminal.say)
    link = file.read_text("utf-8").strip()
    assert link.startswith(ADDRESS)
    assert str(file.resolve()) in terminal.printed
    assert link.removeprefix(ADDRESS) not in terminal.printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    form = {"name": "awa", "password": PASSWORD, "again": PASSWORD}
    path = link.removeprefix("https://exemple.ml/console")
    assert (await console_site.browser().post(path, form)).status_code == 303
    await say_first_link(console_site.site.services, ADDRESS, terminal.say)
    assert not file.exists()


async def test_a_terminal_gets_the_link_and_no_file(console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, is_terminal=True)
    await say_first_link(console_site.site.services, ADDRESS, terminal.say)
    assert ADDRESS in terminal.printed
    assert not link_file(console_site).exists()


async def test_a_restart_keeps_a_link_that_serves_and_replaces_one_that_does_not(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, file = Terminal(monkeypatch, is_terminal=False), link_file(console_site)
    services = console_site.site.services
    await say_first_link(services, ADDRESS, terminal.say)
    first = file.read_text("utf-8")
    await say_first_link(services, ADDRESS, terminal.say)
    assert file.read_text("utf-8") == first
    console_site.site.clock.pass_time(hours=25)
    await say_first_link(services, ADDRESS, terminal.say)
    assert file.read_text("utf-8") != first
    await services.accounts.invitations.get(file.read_text("utf-8").strip().removeprefix(ADDRESS))
    with pytest.raises(Gone):
        await services.accounts.invitations.get(first.strip().removeprefix(ADDRESS))


async def test_a_site_with_an_administrator_gets_no_link(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(monkeypatch, is_terminal=False)
    await console_site.person(Role.ADMINISTRATOR)
    await say_first_link(console_site.site.services, ADDRESS, terminal.say)
    assert (terminal.printed, link_file(console_site).exists()) == ("", False)
