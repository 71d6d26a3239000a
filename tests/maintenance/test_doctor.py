"""The doctor: problems in plain words, repaired where possible."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from server.keys.keyring import open_keyring
from server.maintenance import doctor
from server.maintenance.known_stores import KnownStores
from server.maintenance.server_check import ServerState
from sync.canonical import digest
from sync.errors import Unavailable
from sync.store.contract import Collection, Write
from sync.store.identity import open_identified
from tests.support.content_folder import GOOD, write
from tests.support.server_process import invoke_command, run_command
from tests.support.small_site import APP, Site, running_site
from tests.support.xlsforms import q, xlsform

pytestmark = pytest.mark.anyio


async def codes(site: Site) -> list[str]:
    return [finding.code for finding in await site.services.doctor.examine() if finding.code != "disk-low"]


async def test_a_site_that_is_well_has_only_the_next_key_to_carry_away(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert await codes(site) == ["key-next-here"]
        (site.services.settings.keys / "next-1.pem").unlink()
        assert await codes(site) == []


async def test_quarantined_records_are_counted(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert "quarantine" not in await codes(site)
        writes = [Write("submission:a:x", {"text": "junk"}), Write("received:x:hub", {"day": 5})]
        await site.services.store.write(Collection.FEEDBACK, writes)
        await site.services.inbox.node_cache.ensure_loaded()
        site.services.submission_index.mark_changed([write.id for write in writes])
        [finding] = [finding for finding in await site.services.doctor.examine() if finding.code == "quarantine"]
        assert (finding.values, finding.is_problem) == ({"count": 2}, False)


async def test_a_contact_that_push_services_do_not_take_is_wrong_once_phones_wait_for_messages(tmp_path: Path) -> None:
    async def found(contact: str, **changes: Any) -> list[tuple[str, bool]]:
        settings = dataclasses.replace(site.services.settings, push_contact=contact, **changes)
        findings = await dataclasses.replace(site.services, settings=settings).doctor.examine()
        return [(finding.code, finding.is_problem) for finding in findings if finding.code.startswith("push-")]

    async with running_site(tmp_path) as site:
        assert await found("mailto:alertes@exemple.ml") == await found("", url="https://exemple.ml") == []
        assert await found("alertes@exemple.ml") == [("push-contact-wrong", True)]
        assert await found("") == [("push-contact-missing", False)]
        await site.services.store.write(Collection.PUSH, [Write("sub:a", {})])
        assert await found("") == [("push-contact-missing", True)]
        assert await found("", publisher=False) == []


async def test_a_key_that_others_can_read_is_closed(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        key = site.services.settings.keys / "edition-1.pem"
        key.chmod(0o644)
        [open_key] = [
            finding for finding in await site.services.doctor.examine() if finding.code == "key-readable-by-others"
        ]
        assert open_key.fix
        await open_key.fix()
        assert key.stat().st_mode & 0o077 == 0
        assert "key-readable-by-others" not in await codes(site)


async def test_another_sites_key_and_no_key_at_all_are_told_apart(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        keys = site.services.settings.keys
        keys.rename(tmp_path / "away")
        assert await codes(site) == ["key-missing-here"]
        open_keyring(keys, create=True)
        assert "key-not-this-stores" in await codes(site)


async def test_a_clock_that_is_behind_and_a_publisher_that_stopped_are_seen(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        (site.services.settings.keys / "next-1.pem").unlink()
        site.clock.pass_time(hours=-1)
        assert set(await codes(site)) == {"clock-behind"}
        site.clock.pass_time(days=3)
        assert set(await codes(site)) == {"not-confirmed"}


async def test_pages_that_are_missing_are_counted(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        (site.services.settings.keys / "next-1.pem").unlink()
        body = site.services.current_editions.get("fr-ML").edition.manifest.entries[-1]
        record = await site.services.store.get(Collection.EDITIONS, f"page:{body.digest}")
        assert record
        await site.services.store.write(Collection.EDITIONS, [Write(record.id, None, record.rev)])
        findings = await site.services.doctor.examine()
        missing = {
            finding.values["channel"]: finding.values["count"]
            for finding in findings
            if finding.code == "edition-not-whole"
        }
        assert missing["fr-ML"] == 1


async def test_a_check_that_meets_a_damaged_record_holds_back_no_other(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await site.services.store.write(Collection.EDITIONS, [Write("head:fr-TD", {})])
        await site.services.store.write(Collection.PUSH, [Write("sub:a", {})])
        services = dataclasses.replace(
            site.services, settings=dataclasses.replace(site.services.settings, push_contact="")
        )
        findings = {finding.code: finding for finding in await services.doctor.examine()}
        assert findings["check-failed"].values["check"] == "publications"
        assert "push-contact-missing" in findings


async def test_what_the_running_server_says_is_said(tmp_path: Path) -> None:
    late = {"code": "job-late", "job": "hubs", "failures": 0, "seconds": 4000}

    async def ask(identity: str) -> list[str]:
        async def answer() -> ServerState:
            return ServerState(identity[:8], (late,))

        doctor = dataclasses.replace(site.services.doctor, ask_server=answer)
        return [finding.code for finding in await doctor.examine() if finding.code.startswith("job-")]

    async with running_site(tmp_path) as site:
        identity = await open_identified(site.services.store, "")
        KnownStores(site.services.settings).record_identity(identity)
        assert await ask(identity) == ["job-late"]
        assert await ask("another-store") == []


async def test_a_full_disk_and_a_silent_store_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_site(tmp_path) as site:
        monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 2**80)
        assert "disk-low" in [finding.code for finding in await site.services.doctor.examine()]
        (tmp_path / "data" / "kunnafoni.db").chmod(0o644)
        lost = dataclasses.replace(site.services)
        assert "store-readable-by-others" in [finding.code for finding in await lost.doctor.examine()]


async def test_an_image_that_the_site_does_not_have_is_named_with_the_form_and_the_guide_that_show_it(
    tmp_path: Path,
) -> None:
    present, absent = digest(b"shown"), digest(b"lost")
    question = q("text", "vu", "Qu’est-ce que c’est ?") | {"media::image": f"{absent}.webp"}
    guide = (
        f"---\ntitle: L’eau\n---\n\nBuvez.\n\n![Une eau](media:{present}.webp)\n\n![Une autre](media:{absent}.webp)\n"
    )
    form = xlsform(question, settings={"form_title": "Images", "form_id": "images"})
    files = {**GOOD, "guides/eau/fr.md": guide, "forms/images.md": form}
    async with running_site(tmp_path, files) as site:
        medium = {"name": f"{present}.webp", "bytes": 5, "label": "Une eau", "seconds": 0}
        await site.services.store.write(Collection.CONTENT, [Write(f"media:{present}.webp", medium)])
        findings = [finding for finding in await site.services.doctor.examine() if finding.code == "medium-not-here"]
        assert [finding.values for finding in findings] == [
            {"id": id, "name": f"{absent}.webp"} for id in ("form:images:fr", "guide:eau:fr")
        ]


def test_the_command_says_it_mends_and_ends_well(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    output = run_command(tmp_path, "doctor", code=1)
    assert "manque encore" in output
    assert "kunnafoni doctor --fix" in output
    for_programs = json.loads(run_command(tmp_path, "doctor", "--json", code=1))
    assert {"code", "sentence", "hint", "problem", "repairable"} == set(for_programs[0])
    assert [finding["sentence"] in output for finding in for_programs] == [True] * len(for_programs)
    assert "Rien n’est encore publié ici" in run_command(tmp_path, "doctor", "--fix", code=1)
    run_command(tmp_path, "import", str(tmp_path / "content"))
    run_command(tmp_path, "publish")
    assert "Tout va bien." in run_command(tmp_path, "doctor")
    well = json.loads(run_command(tmp_path, "doctor", "--json"))
    assert [finding["code"] for finding in well if finding["problem"]] == []


def test_a_store_that_is_lost_is_named_by_every_command_and_made_anew_only_if_that_was_chosen(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    invoke_command(tmp_path, "import", str(tmp_path / "content"))
    (tmp_path / "data/kunnafoni.db").unlink()
    lost = "Il manque une partie des données de ce site : content, editions, feedback, people, push, journal."
    for arguments in (["publish"], ["export", str(tmp_path / "out")], ["serve", "--port", "0"]):
        with pytest.raises(Unavailable, match="store-part-missing"):
            invoke_command(tmp_path, *arguments)
    assert lost in run_command(tmp_path, "doctor", "--fix", code=1)
    assert lost in run_command(tmp_path, "doctor", "--fix", "--accept-loss", "feedback,people", code=1)
    assert not (tmp_path / "data/kunnafoni.db").exists()
    parts = "content,editions,feedback,people,push,journal"
    assert "Rien n’est encore publié ici" in run_command(tmp_path, "doctor", "--fix", "--accept-loss", parts, code=1)
    assert "nouveaux" in invoke_command(tmp_path, "import", str(tmp_path / "content"))


def test_a_lost_store_is_restored_without_a_further_question(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    (tmp_path / "phrase").touch(0o600)
    (tmp_path / "phrase").write_text("cinq mots sans aucun rapport", "utf-8")
    invoke_command(tmp_path, "import", str(tmp_path / "content"))
    backup = ("site.backup", "--passphrase-file", str(tmp_path / "phrase"))
    invoke_command(tmp_path, "backup", str(tmp_path / backup[0]), *backup[1:])
    (tmp_path / "data/kunnafoni.db").unlink()
    invoke_command(tmp_path, "restore", str(tmp_path / backup[0]), *backup[1:])
    assert "0 nouveaux, 0 changés" in invoke_command(tmp_path, "import", str(tmp_path / "content"))
