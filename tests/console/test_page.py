"""Pages of the console in French: no line begins with a colon or a mark, and what people wrote stays as it is."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from tests.support.console_client import ConsoleSite

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "path", ["", "/calendar", "/dashboard", "/publishing", "/alerts", "/devices", "/me", "/nothing"]
)
async def test_no_line_of_a_page_can_begin_with_a_colon_or_a_mark(console_site: ConsoleSite, path: str) -> None:
    person = await console_site.person(Role.ADMINISTRATOR)
    page = BeautifulSoup((await person.get(f"{path}/")).content, "html.parser")
    words = page.get_text()
    assert not re.findall(r".{0,30} [:;?!»]|« .{0,30}", words)


async def test_what_people_wrote_is_shown_as_they_wrote_it(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR)
    answer = await person.decide("/writing/new", {"kind": "guide", "title": "Quoi ?", "slug": "quoi", "lang": "fr"})
    edit = BeautifulSoup((await person.client.get(answer.headers["location"])).content, "html.parser")
    [title] = edit.select("[name=title]")
    assert title["value"] == "Quoi ?"
