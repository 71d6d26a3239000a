"""Conversion of uploaded media: small images without metadata, recordings in Opus."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image

from server.accounts.account import Role
from sync.content.stored import read_media
from tests.support import sample_media
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import upload_medium

pytestmark = pytest.mark.anyio


async def test_a_photo_becomes_a_small_image_that_tells_no_place(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    name = await upload_medium(console_site, writer, "image", sample_media.make_photo())
    answer = await console_site.site.client.get(f"/media/{name}")
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(answer.content) <= 40_000
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.width == 960
        assert not image.getexif()
    assert b"Tecno" not in answer.content


async def test_a_sound_becomes_opus_of_about_sixteen_kilobits(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    name = await upload_medium(console_site, writer, "sound", sample_media.make_recording(20))
    answer = await console_site.site.client.get(f"/media/{name}")
    assert answer.headers["content-type"].startswith("audio/ogg")
    assert answer.content[:4] == b"OggS"
    assert 20_000 < len(answer.content) < 50_000
    assert (await console_site.site.services.media.all())[0].seconds == 20


async def test_a_sound_has_a_second_file_for_phones_that_cannot_play_opus(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    name = await upload_medium(console_site, writer, "sound", sample_media.make_recording(20))
    library_media = await read_media(console_site.site.services.store)
    assert list(library_media) == [name]
    answer = await console_site.site.client.get(f"/media/{library_media[name].aac}")
    assert answer.headers["content-type"] == "audio/mp4"
    assert answer.content[4:8] == b"ftyp"
    assert len(answer.content) < 100_000
    with av.open(io.BytesIO(answer.content), mode="r") as sound:
        assert sound.streams.audio[0].codec_context.name == "aac"
        assert round((sound.duration or 0) / av.time_base) == 20
    await console_site.site.services.media.withdraw(name, "2026-12-01T00:00:00+00:00")
    assert (await console_site.site.client.get(f"/media/{library_media[name].aac}")).status_code == 410
