"""Uploads in the console: invalid, oversized and malicious files are refused; withdrawn media disappear from pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from server.accounts.account import Role
from server.console.media.views import MAX_SOUND_BYTES
from tests.support import sample_media
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import GUIDE_ID, save_draft, upload_file, upload_medium

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("image", sample_media.make_decompression_bomb(), "trop de pixels"),
        ("image", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "ne peut pas être lue"),
        ("image", b"<html><script>alert(1)</script>", "ne peut pas être lue"),
        ("image", sample_media.make_photo(64, 64)[:200], "ne peut pas être lue"),
        ("image", sample_media.make_recording(1), "ne peut pas être lue"),
        ("image", b"", "Choisissez un fichier"),
        ("sound", b"#EXTM3U\nfile:///etc/passwd\n", "savons lire"),
        ("sound", b"ffconcat version 1.0\nfile /etc/passwd\n", "savons lire"),
        ("sound", sample_media.make_photo(64, 64), "savons lire"),
        ("sound", b"OggS" + b"x" * 4000, "abîmé"),
        ("sound", sample_media.make_recording(0.1), "vide"),
        ("sound", b"\x1aE\xdf\xa3" + b"\xff" * 4000, "abîmé"),
    ],
)
async def test_what_is_no_image_or_sound_is_refused_with_a_sentence(
    console_site: ConsoleSite, kind: str, data: bytes, sentence: str
) -> None:
    writer = await console_site.person(Role.EDITOR)
    answer = await upload_file(writer, kind, data, type="image/png" if kind == "image" else "audio/mpeg")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await console_site.site.services.media.all() == []


async def test_fifty_megabytes_are_refused_unread(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    answer = await upload_file(writer, "sound", b"OggS" + bytes(50 * 1024 * 1024))
    assert answer.status_code == 422
    assert "trop lourd" in answer.text

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        for _ in range(MAX_SOUND_BYTES // 65536 + 2):
            yield b"x" * 65536

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await writer.client.post("/console/media/sound", content=endless(), headers=headers)
    assert answer.status_code == 422
    assert await console_site.site.services.media.all() == []


async def test_a_forged_name_or_type_of_an_upload_counts_for_nothing(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    for name in ("../../etc/passwd", "C:\\x.exe", "a" * 500, "<script>.png"):
        answer = await upload_file(writer, "image", sample_media.make_photo(64, 64), name=name, type="text/html")
        assert answer.status_code == 303, answer.text
    assert {item.name[43:] for item in await console_site.site.services.media.all()} == {".webp"}
    for path in ("../../etc/passwd", "x", "A" * 43 + ".svg", "A" * 43 + ".webp", "%2e%2e%2fetc"):
        assert (await console_site.site.client.get(f"/media/{path}")).status_code == 404


async def test_a_form_with_two_files_or_of_another_type_is_refused(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    files = [("file", ("a", sample_media.make_photo(64, 64))), ("file", ("b", sample_media.make_photo(64, 64)))]
    assert (await writer.post("/media/image", {"label": "x"}, files=files)).status_code == 422
    for kind in ("application/json", "text/plain", "image/png", ""):
        answer = await writer.client.post("/console/media/image", content=b"{}", headers={"content-type": kind})
        assert answer.status_code == 400
    assert await console_site.site.services.media.all() == []


async def test_pages_show_what_a_medium_costs_and_forget_it_when_it_is_withdrawn(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    image = await upload_medium(console_site, writer, "image", sample_media.make_photo())
    sound = await upload_medium(console_site, writer, "sound", sample_media.make_recording(20))
    saved = await save_draft(writer, GUIDE_ID, body=f"Regardez.\n\n![L’écran](media:{image})", audio=sound)
    assert saved.status_code == 303, saved.text
    assert (await writer.decide(f"/writing/{GUIDE_ID}/ask")).status_code == 303
    await other.decide(f"/writing/{GUIDE_ID}/approve")

    async def page() -> str:
        await console_site.site.services.publisher.publish(console_site.site.keys)
        await console_site.site.services.current_editions.load()
        return (await console_site.site.client.get("/fr-ML/guides/argent")).text

    html = await page()
    link = rf"<a data-feature=media data-bytes=\d+ href=\"?/media/{image}\"?>"
    assert re.search(rf"{link}Voir l’image\s: L’écran \(\d+\sko, environ 0,1\sF\)</a>", html)
    assert re.search(rf"<audio controls preload=none src=\"?/media/{sound}", html)
    assert re.search(r"20\ss", html)
    assert (await other.decide(f"/media/{image}/withdraw")).status_code == 303
    assert (await console_site.site.client.get(f"/media/{image}")).status_code == 410
    assert "data-feature=media data-bytes" in await page()
    assert "Voir l’image" not in await page()
