"""Import: idempotent, never over a console's edit, nothing half-imported."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sync.documents.export import export_folder
from sync.documents.intake import Clash, ImportReport, import_folder, library_from_store, read_folder
from sync.documents.kinds import to_fields
from sync.documents.model import Guide
from sync.errors import BadContent, BadFolder, Refused, Unavailable
from sync.store.contract import Record, Room, Write
from tests.documents.content import GOOD, GUIDE, IDS, SECOND, write
from tests.documents.memory import MemoryStore

pytestmark = pytest.mark.anyio

ARGENT = "guide:argent:fr"


async def record(store: MemoryStore, id: str = ARGENT) -> Record:
    found = await store.get(Room.CONTENT, id)
    assert found
    return found


async def edit(store: MemoryStore, title: str) -> None:
    """What a console does: new fields, `imported` untouched."""
    held = await record(store)
    fields = {**held.body["fields"], "title": title}
    await store.write(Room.CONTENT, [Write(ARGENT, {**held.body, "fields": fields}, held.rev)])


async def withdraw(store: MemoryStore) -> None:
    held = await record(store)
    await store.write(Room.CONTENT, [Write(ARGENT, {**held.body, "state": "withdrawn"}, held.rev)])


def retitled(folder: Path, title: str) -> Path:
    return write(folder, {"guides/argent/fr.md": SECOND.replace("title: Argent", f"title: {title}")})


def ids(report: ImportReport) -> dict[str, tuple[Any, ...]]:
    return {name: getattr(report, name) for name in report.__slots__ if getattr(report, name)}


async def test_a_folder_is_imported_and_read_back_as_the_same_library(tmp_path: Path) -> None:
    store = MemoryStore()
    report = await import_folder(store, write(tmp_path, GOOD))
    assert ids(report) == {"added": IDS}
    assert await library_from_store(store) == read_folder(tmp_path).library


async def test_the_record_has_the_agreed_form(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    body = (await record(store)).body
    assert set(body) == {"kind", "fields", "imported"}
    assert body["kind"] == "guide"
    assert body["fields"] == {"slug": "argent", "lang": "fr", "title": "Argent", "body": SECOND.split("---\n")[2].strip()}


async def test_a_second_import_writes_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    before = store.writes
    report = await import_folder(store, tmp_path, prune=True)
    assert ids(report) == {"unchanged": IDS}
    assert store.writes == before


async def test_a_changed_file_changes_its_document_only(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    report = await import_folder(store, retitled(tmp_path, "Sous"))
    assert report.changed == (ARGENT,)
    assert len(report.unchanged) == len(IDS) - 1
    assert (await library_from_store(store)).guides["argent", "fr"].title == "Sous"


async def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    dry = await import_folder(store, write(tmp_path, GOOD), dry_run=True)
    assert store.writes == 0
    assert dry == await import_folder(store, tmp_path)


async def test_a_consoles_edit_stays_while_the_file_is_the_same(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Le mien")
    report = await import_folder(store, tmp_path)
    assert ids(report) == {"unchanged": IDS}
    assert (await record(store)).body["fields"]["title"] == "Le mien"


async def test_a_document_changed_on_both_sides_is_a_clash_and_the_consoles_text_stays(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Le mien")
    report = await import_folder(store, retitled(tmp_path, "Sous"))
    assert report.clashes == (Clash(ARGENT, "guides/argent/fr.md"),)
    assert (await record(store)).body["fields"]["title"] == "Le mien"
    assert (await import_folder(store, tmp_path)).clashes == report.clashes


async def test_a_file_that_says_what_the_console_said_leads_again(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Sous")
    assert not (await import_folder(store, retitled(tmp_path, "Sous"))).clashes
    assert (await import_folder(store, retitled(tmp_path, "Monnaie"))).changed == (ARGENT,)


async def test_prune_withdraws_what_is_gone_and_a_file_that_comes_back_brings_it_back(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    (tmp_path / "places/ML.yaml").unlink()
    assert "withdrawn" not in ids(await import_folder(store, tmp_path))
    assert (await import_folder(store, tmp_path, prune=True)).withdrawn == ("places:ML",)
    assert (await library_from_store(store)).places == {}
    assert "withdrawn" not in ids(await import_folder(store, tmp_path, prune=True))
    assert (await import_folder(store, write(tmp_path, GOOD))).changed == ("places:ML",)
    assert list((await library_from_store(store)).places) == ["ML"]
    assert set((await record(store, "places:ML")).body) == {"kind", "fields", "imported"}


async def test_prune_never_withdraws_what_a_console_made_or_edited(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    own = to_fields("guide", Guide("mien", "fr", "Le mien", "Texte."))
    await store.write(Room.CONTENT, [Write("guide:mien:fr", {"kind": "guide", "fields": own})])
    await edit(store, "Le mien")
    write(tmp_path, {"guides/compte/fr.md": GUIDE.replace("guide:argent", "guide:compte")})
    (tmp_path / "guides/argent/fr.md").unlink()
    report = await import_folder(store, tmp_path, prune=True)
    assert report.clashes == (Clash(ARGENT, ""),)
    assert report.withdrawn == ()
    assert set((await library_from_store(store)).guides) == {("argent", "fr"), ("compte", "fr"), ("mien", "fr")}


async def test_a_withdrawal_in_a_console_stands_until_the_file_changes(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path, GOOD))
    await withdraw(store)
    assert ids(await import_folder(store, tmp_path)) == {"unchanged": IDS}
    assert ("argent", "fr") not in (await library_from_store(store)).guides
    assert (await import_folder(store, retitled(tmp_path, "Sous"))).clashes == (Clash(ARGENT, "guides/argent/fr.md"),)


async def test_prune_from_an_empty_folder_is_refused(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path / "good", GOOD))
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused) as refused:
        await import_folder(store, tmp_path / "empty", prune=True)
    assert refused.value.code == "prune-everything"


async def test_one_bad_file_and_nothing_is_written(tmp_path: Path) -> None:
    store = MemoryStore()
    write(tmp_path, GOOD)
    write(tmp_path, {"guides/argent/fr.md": "---\ntitre: Argent\n---\nTexte"})
    with pytest.raises(BadFolder):
        await import_folder(store, tmp_path)
    assert store.writes == 0


async def test_a_store_that_takes_only_a_part_is_told_and_a_repeat_ends_it(tmp_path: Path) -> None:
    store = MemoryStore()
    store.later = {ARGENT, "site"}
    with pytest.raises(Unavailable) as told:
        await import_folder(store, write(tmp_path, GOOD))
    assert told.value.values == {"count": 2}
    store.later = set()
    assert (await import_folder(store, tmp_path)).added == (ARGENT, "site")
    assert await library_from_store(store) == read_folder(tmp_path).library


async def test_an_edit_made_during_the_import_is_a_clash(tmp_path: Path) -> None:
    class Raced(MemoryStore):
        async def get_many(self, room: Room, ids: Any) -> dict[str, Record]:
            found = await super().get_many(room, ids)
            held = found.get("site")
            if held:
                await super().write(room, [Write("site", {**held.body, "note": str(self.writes)}, held.rev)])
            return found

    store = Raced()
    await import_folder(store, write(tmp_path, GOOD))
    write(tmp_path, {"site.yaml": GOOD["site.yaml"].replace("name: Essai", "name: Autre")})
    assert (await import_folder(store, tmp_path)).clashes == (Clash("site", "site.yaml"),)


async def test_import_export_import_changes_nothing(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path / "in", GOOD))
    report = await export_folder(store, tmp_path / "out")
    assert report.written == tuple(sorted(name for name in GOOD if not name.startswith(("README", "forms", "locale"))))
    before = store.writes
    assert ids(await import_folder(store, tmp_path / "out", prune=True)) == {"unchanged": IDS}
    assert store.writes == before
    assert (await export_folder(store, tmp_path / "out")).written == ()


async def test_an_edit_in_a_console_reaches_the_export_and_a_withdrawn_document_does_not(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path / "in", GOOD))
    await edit(store, "Le mien")
    await export_folder(store, tmp_path / "out")
    assert (tmp_path / "out/guides/argent/fr.md").read_text().startswith("---\ntitle: Le mien\n---\n\nGardez")
    await withdraw(store)
    await export_folder(store, tmp_path / "other")
    assert not (tmp_path / "other/guides/argent").exists()


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    store = MemoryStore()
    await import_folder(store, write(tmp_path / "in", GOOD))
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Unavailable) as told:
        await export_folder(store, tmp_path / "out")
    assert told.value.code == "folder-unwritable"


@pytest.mark.parametrize(("id", "body", "code"), [
    ("guide:x:fr", {"kind": "guide", "fields": {"slug": "../etc", "lang": "fr", "title": "x", "body": "y"}}, "slug-form"),
    ("guide:x:fr", {"kind": "guide", "fields": {"slug": "y", "lang": "fr", "title": "x", "body": "y"}}, "id-other"),
    ("guide:x:fr", {"kind": "notice", "fields": {}}, "kind-unknown"),
    ("guide:x:fr", {"kind": "guide"}, "field-missing"),
])
async def test_a_stored_document_that_is_not_what_it_says_is_refused_by_id(id: str, body: Mapping[str, Any], code: str) -> None:
    store = MemoryStore()
    await store.write(Room.CONTENT, [Write(id, body)])
    with pytest.raises(BadContent) as refused:
        await library_from_store(store)
    assert (refused.value.path, refused.value.code) == (id, code)


async def test_more_documents_than_one_page_of_the_store(tmp_path: Path) -> None:
    store = MemoryStore()
    files = {f"guides/g{number}/fr.md": SECOND for number in range(1100)}
    write(tmp_path, {**files, "guides/compte/fr.md": SECOND})
    assert len((await import_folder(store, tmp_path)).added) == 1101
    assert len((await library_from_store(store)).guides) == 1101
