"""`kunnafoni pack`: an edition as files for a memory card, and what such a file holds."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import anyio
import pytest

from server.media.convert import ConvertedMedia
from server.media.media_store import MediaStore
from sync.canonical import digest
from sync.editions.media_pack import read_media_pack
from sync.errors import NotFound, NotProven, Refused
from tests.support.server_process import invoke_command
from tests.support.small_site import running_site

GUIDE = "---\ntitle: Argent\n---\n{text}\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with an edition of 24 November and, two days later, one in which a guide changed."""

    async def publish_twice() -> None:
        async with running_site(tmp_path) as running:
            running.clock.pass_time(days=2)
            await running.publish({"guides/argent/fr.md": GUIDE.format(text="Le nouveau texte.")})

    anyio.run(publish_twice)
    return tmp_path


def pack(site: Path, *options: str) -> list[Path]:
    """The files that `pack write` makes."""
    folder = site / f"card{len(list(site.glob('card*')))}"
    invoke_command(site, "pack", "write", str(folder), "--channel", "fr-ML", *options)
    return sorted(folder.iterdir())


def lines(file: Path) -> list[str]:
    packed = [line for line in file.read_text("utf-8").splitlines()[1:] if not line.startswith("#")]
    return zlib.decompress(base64.b64decode("".join(packed)), zlib.MAX_WBITS | 16).decode().splitlines()


def test_a_pack_for_a_memory_card_is_verified_and_tells_its_age(site: Path) -> None:
    [file] = pack(site)
    assert file.name == "kunnafoni-fr-ML-2026-11-26.txt"
    assert file.read_text("utf-8").startswith("kunnafoni-pack/1 essai fr-ML\n# Pages de Kunnafoni du 2026-11-26.")
    said = invoke_command(site, "pack", "read", str(file))
    assert f"fr-ML de essai, du 2026-11-26, {len(lines(file)) - 1} pages sur {len(lines(file)) - 1}." in said
    assert "La signature est celle de la clé de ce site." in said


def test_a_part_what_changed_and_numbered_files_are_smaller(site: Path) -> None:
    [whole], [essentials] = pack(site), pack(site, "--essentials")
    [guide], [changes] = pack(site, "--page", "guides/argent"), pack(site, "--since", "2026-11-25")
    assert 4 <= len(lines(essentials)) < len(lines(whole))
    [page] = lines(guide)[1:]
    assert "Le nouveau texte." in page
    assert 2 <= len(lines(changes)) < len(lines(whole))
    assert any("Le nouveau texte." in line for line in lines(changes))
    parts = pack(site, "--limit", "4")
    assert len(parts) > 1
    assert parts[0].name.endswith(f"-1-{len(parts)}.txt")
    assert sum(len(lines(part)) - 1 for part in parts) == len(lines(whole)) - 1


def test_what_is_not_there_is_named_and_a_changed_file_is_refused(site: Path) -> None:
    with pytest.raises(NotFound, match="page-unknown"):
        pack(site, "--page", "guides/autre")
    with pytest.raises(NotFound, match="channel-unknown"):
        invoke_command(site, "pack", "write", str(site / "card"), "--channel", "ff-SN")
    with pytest.raises(Refused, match="edition-gone"):
        pack(site, "--since", "2026-11-01")
    [file] = pack(site)
    text = file.read_text("utf-8")
    file.write_text(text[: len(text) // 2], "utf-8")
    with pytest.raises(NotProven, match="pack-malformed"):
        invoke_command(site, "pack", "read", str(file))


def test_a_pack_of_another_site_is_said_to_be_signed_by_another_key(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")

    async def publish() -> None:
        async with running_site(other):
            pass

    anyio.run(publish)
    [file] = pack(site)
    assert "qui n’est pas celle d’ici" in invoke_command(other, "pack", "read", str(file))


def test_recordings_travel_as_files_of_their_own(tmp_path: Path) -> None:
    sounds = [bytes([number]) * 2_000 for number in range(2)]

    async def publish() -> None:
        async with running_site(tmp_path) as site:
            media = MediaStore(site.services.store)
            spoken = ""
            for lang, sound in zip(("bm", "ff"), sounds, strict=True):
                item = await media.save(ConvertedMedia(sound, "opus", 3), "Lu", "essai", "2026-12-01T00:00:00+00:00")
                spoken += f'  - {{lang: {lang}, media: {item.name}, by: "Une voix",'
                spoken += ' reviewed: {by: "Essai", date: "2026-12-01"}}\n'
            guide = f"---\ntitle: Argent\nspoken:\n{spoken}---\nGardez votre argent.\n"
            await site.publish({"guides/argent/fr.md": guide})

    anyio.run(publish)
    [one] = pack(tmp_path, "--recordings", "--page", "guides/argent")
    assert one.name == "kunnafoni-fr-ML-2026-11-24-media.txt"
    assert read_media_pack(one.read_text("utf-8"))[1].keys() == {f"{digest(sound)}.opus" for sound in sounds}
    parts = pack(tmp_path, "--recordings", "--limit", "3")
    assert [part.name[-14:] for part in parts] == ["-media-1-2.txt", "-media-2-2.txt"]
    assert f"{parts[0].name} : enregistrements de essai, 1 en tout." in invoke_command(
        tmp_path, "pack", "read", *map(str, parts)
    )
    with pytest.raises(NotFound, match="recordings-none"):
        pack(tmp_path, "--recordings", "--page", "guides/compte")
