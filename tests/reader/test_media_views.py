"""Images and recordings as readers' browsers fetch them, whole and by range."""

from __future__ import annotations

import pytest

from server.accounts.account import Role
from server.reader.media_views import parse_range
from tests.support import sample_media
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import upload_medium

pytestmark = pytest.mark.anyio


async def test_a_player_gets_the_range_it_asks_for(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    name = await upload_medium(console_site, writer, "sound", sample_media.make_recording())
    whole = (await console_site.site.client.get(f"/media/{name}")).content
    part = await console_site.site.client.get(f"/media/{name}", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        whole[10:20],
        f"bytes 10-19/{len(whole)}",
    )
    last = await console_site.site.client.get(f"/media/{name}", headers={"range": "bytes=-5"})
    assert last.content == whole[-5:]
    beyond = await console_site.site.client.get(f"/media/{name}", headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    assert (
        await console_site.site.client.get(f"/media/{name}", headers={"if-none-match": f'"{name}"'})
    ).status_code == 304


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", (0, 100)),
        ("bytes=5-5", (5, 6)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-200", (0, 100)),
        ("bytes=-0", (100, 0)),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=0x1-", None),
    ],
)
def test_ranges_are_read_as_players_write_them(header: str, part: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == part
