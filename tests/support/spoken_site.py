"""A site with one guide spoken in a language without text: its recording is made of tones. Used by a browser story."""

from __future__ import annotations

import asyncio
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server.media.convert import ConvertedMedia
from server.media.media_store import MediaStore
from server.media.sounds import convert_to_opus
from sync.store.open_store import open_store
from tests.support.sample_media import make_recording

GUIDE = "guides/compte-whatsapp-vole/fr.md"
SECONDS = 24
MARKS = "4 9 14"


def make_spoken_site(folder: Path, content: Path) -> tuple[Path, Path]:
    """Data folder and content folder: the guide has a reviewed recording in Bambara, with marks for three steps."""
    data, copy = folder / "data", folder / "content"
    shutil.copytree(content, copy)
    data.mkdir()
    # In a thread: the browser that a test drives keeps an event loop running in this one.
    with ThreadPoolExecutor(1) as threads:
        name = threads.submit(asyncio.run, _keep_recording(data)).result()
    guide = copy / GUIDE
    spoken = f'spoken:\n  - {{lang: bm, media: {name}, by: "Une voix d’essai", marks: "{MARKS}",'
    spoken += ' reviewed: {by: "Essai", date: "2026-12-01"}}'
    guide.write_text(re.sub("^order:", f"{spoken}\norder:", guide.read_text("utf-8"), count=1, flags=re.M), "utf-8")
    return data, copy


async def _keep_recording(data: Path) -> str:
    store = open_store(f"sqlite:///{data / 'kunnafoni.db'}")
    await store.prepare()
    try:
        opus = convert_to_opus(make_recording(SECONDS)).data
        converted = ConvertedMedia(opus, "opus", SECONDS)
        return (await MediaStore(store).save(converted, "Lu en bambara", "essai", "2026-12-01T00:00:00+00:00")).name
    finally:
        await store.close()
