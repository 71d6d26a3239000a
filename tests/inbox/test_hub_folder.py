"""A hub without any link: a folder brings editions and takes submissions home, each of them counted once."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import create_app, create_services
from server.inbox import folder_bundle
from server.inbox.bundle_intake import BundleResult
from server.inbox.hub_folder import HubFolder
from server.inbox.service import InboxService
from server.services import Services
from sync.canonical import digest
from sync.content.stored import library_from_store
from sync.editions.pack import write_pack
from sync.errors import Refused
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.store.contract import Collection, Write
from sync.submissions.attachments import read_attachment
from sync.submissions.bundle import write_bundle
from tests.support.following import following
from tests.support.inbox_site import (
    RUMOUR_ANSWERS,
    SITE,
    InboxSite,
    post_lines,
    running_inbox_site,
    submission_ids,
)
from tests.support.phone_simulator import PhoneSimulator, piece_lines
from tests.support.small_site import Clock, rotate_keys, settings_for
from tests.vectors import make_packs

pytestmark = pytest.mark.anyio
COUNT = 500
PHOTO = b"photo" * 30_000
GUIDE = "guides/argent/fr.md"
SETTINGS = "| settings |\n| | form_title | form_id | audience | sealed |\n"
FORMS = {
    "forms/temoin.md": "| survey |\n| | type | name | label |\n| | text | nom | Votre nom ? |\n\n"
    f"{SETTINGS}| | Témoin | temoin | public | yes |\n",
    "forms/vue.md": "| survey |\n| | type | name | label |\n| | image | vue | La photo |\n\n"
    f"{SETTINGS}| | Vue | vue | public | no |\n",
}


@pytest.fixture
async def headquarters(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path / "siege") as running:
        await running.site.publish(FORMS)
        library = await library_from_store(running.site.services.store)
        running.forms |= {slug: Form(compile_document(document)) for slug, document in library.forms.items()}
        yield running


@asynccontextmanager
async def running_hub(folder: Path, card: Path, clock: Clock) -> AsyncIterator[tuple[Services, httpx.AsyncClient]]:
    """A machine with an empty store, that never had a network and has no key."""
    shutil.copytree(folder.parent / "siege" / "app", folder / "app")
    settings = replace(settings_for(folder), publisher=False, hub_folder=str(card))
    services = create_services(settings, clock=clock)
    await services.store.prepare()
    transport = httpx.ASGITransport(create_app(services, None))
    async with (
        following(services, everything=True),
        httpx.AsyncClient(transport=transport, base_url="http://site") as client,
    ):
        yield services, client
    await services.store.close()


def folder_of(headquarters: InboxSite, card: Path) -> HubFolder:
    """Headquarters' side; made anew, it has forgotten which files it knew."""
    services = headquarters.site.services
    return HubFolder(
        card, services.store, services.current_editions, services.inbox, services.audit, services.clock, lambda: True
    )


@asynccontextmanager
async def running_pair(
    headquarters: InboxSite, folder: Path
) -> AsyncIterator[tuple[Path, Services, httpx.AsyncClient]]:
    """A card, and a hub that has taken headquarters' edition from it."""
    card = folder / "card"
    card.mkdir()
    await exchange(folder_of(headquarters, card))
    async with running_hub(folder / "relais", card, headquarters.site.clock) as (hub, client):
        await exchange(hub.hub_folder)
        await hub.current_editions.load()
        yield card, hub, client


async def exchange(folder: HubFolder | None) -> None:
    assert folder
    await folder.turn()


async def page(client: httpx.AsyncClient, services: Services) -> str:
    await services.current_editions.load()
    return (await client.get("/fr-ML/guides/argent")).text


async def test_a_hub_without_a_link_gets_two_editions_and_gives_back_500_submissions_each_counted_once(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    site = headquarters.site
    async with running_pair(headquarters, tmp_path) as (card, hub, client):
        assert "<h1" in await page(client, hub)
        await site.publish({GUIDE: "---\ntitle: Argent\n---\nLe deuxième texte.\n"})
        await exchange(folder_of(headquarters, card))
        await exchange(hub.hub_folder)
        assert "Le deuxième texte." in await page(client, hub)

        phone = PhoneSimulator(SITE)
        forms = headquarters.forms
        keys = [headquarters.key.public_key, headquarters.recovery.public_key]
        filled = [phone.fill(forms["rumeur"], RUMOUR_ANSWERS) for _ in range(COUNT - 2)]
        filled += [phone.seal(forms["temoin"], {"nom": "Fanta"}, keys), phone.fill(forms["vue"], {"vue": 0}, [PHOTO])]
        for start in range(0, COUNT, 100):
            verdicts = await post_lines(client, [form.line for form in filled[start : start + 100]])
            assert [verdict["verdict"] for verdict in verdicts] == ["accepted"] * len(verdicts)
            assert all("receipt" not in verdict for verdict in verdicts)
            assert all(verdict.get("carrier") or "missing" in verdict for verdict in verdicts)
        await post_lines(client, piece_lines(PHOTO))
        await exchange(hub.hub_folder)
        await exchange(hub.hub_folder)
        [bundle] = (card / "submissions").iterdir()
        whole = bundle.read_text("utf-8")

        bundle.write_text(whole[: len(whole) // 2], "utf-8")
        side = folder_of(headquarters, card)
        await exchange(side)
        assert await submission_ids(headquarters) == []
        bundle.write_text(whole, "utf-8")
        for again in (side, side, folder_of(headquarters, card)):
            await exchange(again)
        expected = sorted(form.id for form in filled)
        assert sorted(await submission_ids(headquarters)) == expected

        await exchange(hub.hub_folder)
        assert list((card / "submissions").iterdir()) == []
        receipts = await hub.inbox.get_receipts(expected)
        assert all(receipts.values()) and len(receipts) == COUNT
        bundle.write_text(whole, "utf-8")
        await exchange(folder_of(headquarters, card))
        assert sorted(await submission_ids(headquarters)) == expected
        taken = [entry.what for entry in await hub.audit.list_recent(100)]
    assert (taken.count("folder-taken"), taken.count("folder-receipts"), taken.count("folder-written")) == (2, 1, 1)
    journal = [entry.what for entry in await site.services.audit.list_recent(100)]
    assert journal.count("folder-refused") == 1
    assert "folder-received" in journal
    assert await read_attachment(site.services.store, digest(PHOTO), len(PHOTO)) == PHOTO


async def test_an_older_a_foreign_and_a_half_copied_edition_change_nothing_at_the_hub(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    site, card = headquarters.site, tmp_path / "card"
    (card / "editions").mkdir(parents=True)
    await exchange(folder_of(headquarters, card))
    old = {file: file.read_text("utf-8") for file in (card / "editions").iterdir()}
    async with running_hub(tmp_path / "relais", card, site.clock) as (hub, client):
        pack, forms = (next(file for file in old if end in file.name) for end in ("1-1", "forms"))
        for file in (pack, forms):
            file.write_text(old[file][:-200], "utf-8")
            await exchange(hub.hub_folder)
            assert await hub.archive.channels() == [], "neither pages without their forms nor forms alone"
            file.write_text(old[file], "utf-8")
        await exchange(hub.hub_folder)
        await site.publish({GUIDE: "---\ntitle: Argent\n---\nLe deuxième texte.\n"})
        await exchange(folder_of(headquarters, card))
        await exchange(hub.hub_folder)
        head = await hub.archive.head("fr-ML")
        thief = write_pack(make_packs.edition(make_packs.pages("x"), 2**40, SITE, signer=make_packs.THIEF), [])
        for text in (old[pack], thief, make_packs.pack_cases()["kinds"]["whole"]):
            pack.write_text(text, "utf-8")
            await exchange(hub.hub_folder)
        assert await hub.archive.head("fr-ML") == head
        refused = [entry.detail for entry in await hub.audit.list_recent(100) if entry.what == "folder-refused"]
        codes = [detail["code"] for detail in refused]
        assert sorted(codes) == ["edition-older", "other-site", "pack-malformed", "pack-malformed", "signature-false"]
        assert "Le deuxième texte." in await page(client, hub)


async def test_a_submission_that_its_sender_takes_back_leaves_the_folder(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    async with running_pair(headquarters, tmp_path) as (card, hub, client):
        phone = PhoneSimulator(SITE)
        kept, taken_back = (phone.fill(headquarters.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
        await post_lines(client, [kept.line, taken_back.line])
        await exchange(hub.hub_folder)
        await hub.inbox.withdraw(taken_back.id, taken_back.secret)
        await exchange(hub.hub_folder)
        [bundle] = (card / "submissions").iterdir()
        assert (await folder_bundle.read_contents(bundle.read_text("utf-8"), SITE)).submissions == {kept.id}


async def test_what_headquarters_refuses_leaves_the_card_and_rests_at_the_hub(
    headquarters: InboxSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = headquarters.site
    async with running_pair(headquarters, tmp_path) as (card, hub, client):
        files = {part: card / part for part in ("submissions", "receipts", "refusals")}
        phone = PhoneSimulator(SITE)
        kept, erased = (phone.fill(headquarters.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
        await post_lines(site.client, [erased.line])
        await site.services.inbox.withdraw(erased.id, erased.secret)
        await post_lines(client, [kept.line, erased.line])
        await exchange(hub.hub_folder)
        await exchange(folder_of(headquarters, card))
        assert [len(list(folder.iterdir())) for folder in files.values()] == [1, 1, 1]
        await exchange(hub.hub_folder)
        await exchange(hub.hub_folder)
        assert list(files["submissions"].iterdir()) == [], "neither carried on nor written anew"
        await exchange(folder_of(headquarters, card))
        assert [list(folder.iterdir()) for folder in files.values()] == [[], [], []]

        written: list[str] = []
        write = folder_bundle.write_bundles

        def write_and_note(*given: Any) -> AsyncIterator[str]:
            written.append("bundles")
            return write(*given)

        monkeypatch.setattr(folder_bundle, "write_bundles", write_and_note)
        for _ in range(3):
            await exchange(hub.hub_folder)
        assert written == [], "nothing changed"
        site.clock.now += datetime.timedelta(days=31)
        await exchange(hub.hub_folder)
        [bundle] = files["submissions"].iterdir()
        assert (await folder_bundle.read_contents(bundle.read_text("utf-8"), SITE)).submissions == {erased.id}


async def test_a_hub_leaves_another_hubs_bundles_and_answers_on_the_card(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    site = headquarters.site
    async with (
        running_pair(headquarters, tmp_path) as (card, hub, client),
        running_hub(tmp_path / "autre", card, site.clock) as (other, _),
    ):
        phone = PhoneSimulator(SITE)
        kept, erased = (phone.fill(headquarters.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
        await post_lines(site.client, [erased.line])
        await site.services.inbox.withdraw(erased.id, erased.secret)
        await post_lines(client, [kept.line, erased.line])
        await exchange(hub.hub_folder)
        bundles = list((card / "submissions").iterdir())
        await exchange(folder_of(headquarters, card))
        for _ in range(2):
            await exchange(other.hub_folder)
        assert list((card / "submissions").iterdir()) == bundles
        assert await other.store.scan(Collection.FEEDBACK, "receipt:", "receipt;") == []
        assert await other.store.scan(Collection.JOURNAL, "refusal:", "refusal;") == []
        await exchange(folder_of(headquarters, card))
        await exchange(hub.hub_folder)
        assert (await hub.inbox.get_receipts([kept.id]))[kept.id]
        assert list((card / "submissions").iterdir()) == []


@pytest.mark.parametrize("text", ["", "kunnafoni-refusals/1 other\n\nAA", "kunnafoni-refusals/1 essai\n\nAA"])
async def test_a_file_that_holds_no_refusals_is_refused_whole(headquarters: InboxSite, text: str) -> None:
    services, today = headquarters.site.services, headquarters.site.clock.now.date()
    store = services.store
    with pytest.raises(Refused):
        await folder_bundle.take_refusals(services.inbox, store, text, today)
    assert await store.scan(Collection.JOURNAL, "refusal:", "refusal;") == []


async def test_a_refusal_goes_when_its_submission_rests_no_longer(headquarters: InboxSite) -> None:
    store, today = headquarters.site.services.store, headquarters.site.clock.now.date()
    days = {"old": folder_bundle.REST, "new": folder_bundle.REST - datetime.timedelta(days=1)}
    writes = [
        Write(f"refusal:{name}", {"day": (today - age).isoformat(), "code": "form-unknown"})
        for name, age in days.items()
    ]
    await store.write(Collection.JOURNAL, writes)
    assert await folder_bundle.drop_old_refusals(store, today) == 1
    assert [record.id for record in await store.scan(Collection.JOURNAL, "refusal:", "refusal;")] == ["refusal:new"]


async def test_pieces_that_come_after_their_submission_are_carried_in_bundles_within_their_limit(
    headquarters: InboxSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_bundle, "MAX_BUNDLE_BYTES", 80_000)
    async with running_pair(headquarters, tmp_path) as (card, hub, client):
        filled = PhoneSimulator(SITE).fill(headquarters.forms["vue"], {"vue": 0}, [PHOTO])
        await post_lines(client, [filled.line])
        await exchange(hub.hub_folder)
        assert len(list((card / "submissions").iterdir())) == 1
        await post_lines(client, piece_lines(PHOTO))
        for _ in range(2):
            await exchange(hub.hub_folder)
            bundles = list((card / "submissions").iterdir())
            assert len(bundles) == 4, "each piece is carried once, the last two in one bundle"
        await exchange(folder_of(headquarters, card))
        assert await read_attachment(headquarters.site.services.store, digest(PHOTO), len(PHOTO)) == PHOTO
        await exchange(folder_of(headquarters, card))
        await exchange(hub.hub_folder)
        assert (await hub.inbox.get_receipts([filled.id]))[filled.id]
        assert list((card / "submissions").iterdir()) == []


async def test_a_file_that_grows_while_it_is_read_is_read_again(
    headquarters: InboxSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = tmp_path / "card"
    (card / "submissions").mkdir(parents=True)
    filled = PhoneSimulator(SITE).fill(headquarters.forms["rumeur"], RUMOUR_ANSWERS)
    whole, file = write_bundle(SITE, filled.line.encode()), card / "submissions/kunnafoni-x.txt"
    file.write_text(whole[:100], "utf-8")
    receive = folder_bundle.receive_bundle

    async def receive_while_it_grows(inbox: InboxService, text: str) -> tuple[BundleResult, str, str]:
        file.write_text(whole, "utf-8")
        return await receive(inbox, text)

    monkeypatch.setattr(folder_bundle, "receive_bundle", receive_while_it_grows)
    folder = folder_of(headquarters, card)
    await exchange(folder)
    assert await submission_ids(headquarters) == []
    await exchange(folder)
    assert await submission_ids(headquarters) == [filled.id]


async def test_the_newer_of_two_editions_in_the_folder_is_taken_with_the_key_that_signed_it(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    site, card = headquarters.site, tmp_path / "card"
    card.mkdir()
    await exchange(folder_of(headquarters, card))
    old = (card / "editions/fr-ML-1-1.txt").read_text("utf-8")
    await site.publish({GUIDE: "---\ntitle: Argent\n---\nLe deuxième texte.\n"})
    await exchange(folder_of(headquarters, card))
    (card / "editions/fr-ML-0-1.txt").write_text(old, "utf-8")
    async with running_hub(tmp_path / "relais", card, site.clock) as (hub, _):
        await exchange(hub.hub_folder)
        assert await hub.archive.head("fr-ML") == site.services.current_editions.get("fr-ML").edition
        await site.publish({GUIDE: "---\ntitle: Argent\n---\nLe troisième texte.\n"})
        current = site.services.current_editions.get("fr-ML")
        bent = replace(current.edition, key=make_packs.THIEF.public_key)
        pack = write_pack(bent, list(current.bodies.values()))
        (card / "editions/fr-ML-1-1.txt").write_text(pack, "utf-8")
        await exchange(hub.hub_folder)
        assert await hub.archive.head("fr-ML") == current.edition


async def test_a_receipt_from_before_a_key_rotation_ends_the_carrying(headquarters: InboxSite, tmp_path: Path) -> None:
    async with running_pair(headquarters, tmp_path) as (card, hub, client):
        filled = PhoneSimulator(SITE).fill(headquarters.forms["rumeur"], RUMOUR_ANSWERS)
        await post_lines(client, [filled.line])
        await exchange(hub.hub_folder)
        await exchange(folder_of(headquarters, card))
        rotate_keys(headquarters.site)
        await headquarters.site.publish({GUIDE: "---\ntitle: Argent\n---\nLe deuxième texte.\n"})
        (card / "receipts").rename(card / "kept")
        (card / "submissions").rename(tmp_path / "away")
        await exchange(folder_of(headquarters, card))
        (card / "kept").rename(card / "receipts")
        await exchange(hub.hub_folder)
        head = await hub.archive.head("fr-ML")
        assert head and head.statement.epoch == 2
        receipt = (await hub.inbox.get_receipts([filled.id]))[filled.id]
        assert receipt and receipt.epoch == 1


async def test_a_first_edition_without_the_rotations_before_it_is_refused(
    headquarters: InboxSite, tmp_path: Path
) -> None:
    site, card = headquarters.site, tmp_path / "card"
    card.mkdir()
    rotate_keys(site)
    await site.publish({GUIDE: "---\ntitle: Argent\n---\nLe deuxième texte.\n"})
    await exchange(folder_of(headquarters, card))
    current, pack = site.services.current_editions.get("fr-ML"), card / "editions/fr-ML-1-1.txt"
    whole = pack.read_text("utf-8")
    pack.write_text(write_pack(replace(current.edition, chain=()), list(current.bodies.values())), "utf-8")
    async with running_hub(tmp_path / "relais", card, site.clock) as (hub, _):
        await exchange(hub.hub_folder)
        assert await hub.archive.channels() == []
        pack.write_text(whole, "utf-8")
        await exchange(hub.hub_folder)
        assert await hub.archive.head("fr-ML") == current.edition
