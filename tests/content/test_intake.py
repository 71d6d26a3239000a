"""Imports are idempotent, never overwrite an edit made in a console, and write whole documents only."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.content.export import export_folder
from sync.content.intake import ImportConflict, ImportReport, import_folder, library_from_store, read_folder
from sync.content.schemas import to_fields
from sync.content.yaml_comment_detection import comment_lines
from sync.documents.model import Guide
from sync.errors import BadContent, BadFolder, Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Outcome, Record, Saved, Store, Write
from sync.store.sqlite.store import SqliteStore
from tests.support.content_folder import GOOD, GUIDE, IDS, SECOND, write
from tests.support.stored_documents import held

pytestmark = pytest.mark.anyio

ARGENT = "guide:argent:fr"
HEAD = "---\ntitle: Un titre\n---\nTexte.\n"


async def record(store: Store, id: str = ARGENT) -> Record:
    stored = await store.get(Collection.CONTENT, id)
    assert stored
    return stored


async def edit(store: Store, title: str) -> None:
    """Change the fields as a console does; `imported` stays."""
    current = await record(store)
    fields = {**current.body["fields"], "title": title}
    await store.write(Collection.CONTENT, [Write(ARGENT, {**current.body, "fields": fields}, current.rev)])


async def withdraw(store: Store) -> None:
    current = await record(store)
    await store.write(Collection.CONTENT, [Write(ARGENT, {**current.body, "state": "withdrawn"}, current.rev)])


def change_title(folder: Path, title: str) -> Path:
    return write(folder, {"guides/argent/fr.md": SECOND.replace("title: Argent", f"title: {title}")})


def ids_by_outcome(report: ImportReport) -> dict[str, tuple[Any, ...]]:
    return {name: getattr(report, name) for name in report.__slots__ if getattr(report, name)}


async def test_a_folder_is_imported_and_read_back_as_the_same_library(tmp_path: Path, store: SqliteStore) -> None:
    report = await import_folder(store, write(tmp_path, GOOD))
    assert ids_by_outcome(report) == {"added": IDS}
    assert await library_from_store(store) == read_folder(tmp_path).library


async def test_the_record_has_the_agreed_form(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    body = (await record(store)).body
    assert set(body) == {"kind", "fields", "imported"}
    assert body["kind"] == "guide"
    assert body["fields"] == {
        "slug": "argent",
        "lang": "fr",
        "title": "Argent",
        "body": SECOND.split("---\n")[2].strip(),
    }


async def test_a_second_import_writes_nothing(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    before = await held(store)
    report = await import_folder(store, tmp_path, prune=True)
    assert ids_by_outcome(report) == {"unchanged": IDS}
    assert await held(store) == before


async def test_a_changed_file_changes_its_document_only(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    report = await import_folder(store, change_title(tmp_path, "Sous"))
    assert report.changed == (ARGENT,)
    assert len(report.unchanged) == len(IDS) - 1
    assert (await library_from_store(store)).guides["argent", "fr"].title == "Sous"


async def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, store: SqliteStore) -> None:
    dry = await import_folder(store, write(tmp_path, GOOD), dry_run=True)
    assert await held(store) == {}
    assert dry == await import_folder(store, tmp_path)


async def test_a_consoles_edit_stays_while_the_file_is_the_same(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Le mien")
    report = await import_folder(store, tmp_path)
    assert ids_by_outcome(report) == {"unchanged": IDS}
    assert (await record(store)).body["fields"]["title"] == "Le mien"


async def test_a_document_changed_on_both_sides_is_a_conflict_and_the_consoles_version_stays(
    tmp_path: Path, store: SqliteStore
) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Le mien")
    report = await import_folder(store, change_title(tmp_path, "Sous"))
    assert report.conflicts == (ImportConflict(ARGENT, "guides/argent/fr.md"),)
    assert (await record(store)).body["fields"]["title"] == "Le mien"
    assert (await import_folder(store, tmp_path)).conflicts == report.conflicts


async def test_a_file_equal_to_the_consoles_version_is_imported_again_when_it_changes(
    tmp_path: Path, store: SqliteStore
) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    await edit(store, "Sous")
    assert not (await import_folder(store, change_title(tmp_path, "Sous"))).conflicts
    assert (await import_folder(store, change_title(tmp_path, "Monnaie"))).changed == (ARGENT,)


async def test_prune_withdraws_a_deleted_document_and_a_restored_file_restores_it(
    tmp_path: Path, store: SqliteStore
) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    (tmp_path / "places/ML.yaml").unlink()
    assert "withdrawn" not in ids_by_outcome(await import_folder(store, tmp_path))
    assert (await import_folder(store, tmp_path, prune=True)).withdrawn == ("places:ML",)
    assert (await library_from_store(store)).places == {}
    assert "withdrawn" not in ids_by_outcome(await import_folder(store, tmp_path, prune=True))
    assert (await import_folder(store, write(tmp_path, GOOD))).changed == ("places:ML",)
    assert list((await library_from_store(store)).places) == ["ML"]
    assert set((await record(store, "places:ML")).body) == {"kind", "fields", "imported"}


async def test_prune_never_withdraws_a_document_created_or_edited_in_a_console(
    tmp_path: Path, store: SqliteStore
) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    own = to_fields("guide", Guide("mien", "fr", "Le mien", "Texte."))
    await store.write(Collection.CONTENT, [Write("guide:mien:fr", {"kind": "guide", "fields": own})])
    await edit(store, "Le mien")
    write(tmp_path, {"guides/compte/fr.md": GUIDE.replace("guide:argent", "guide:compte")})
    (tmp_path / "guides/argent/fr.md").unlink()
    report = await import_folder(store, tmp_path, prune=True)
    assert report.conflicts == (ImportConflict(ARGENT, ""),)
    assert report.withdrawn == ()
    assert set((await library_from_store(store)).guides) == {("argent", "fr"), ("compte", "fr"), ("mien", "fr")}


async def test_a_withdrawal_in_a_console_lasts_until_the_file_changes(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    await withdraw(store)
    assert ids_by_outcome(await import_folder(store, tmp_path)) == {"unchanged": IDS}
    assert ("argent", "fr") not in (await library_from_store(store)).guides
    assert (await import_folder(store, change_title(tmp_path, "Sous"))).conflicts == (
        ImportConflict(ARGENT, "guides/argent/fr.md"),
    )


async def test_prune_from_an_empty_folder_is_refused(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path / "good", GOOD))
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused) as refusal:
        await import_folder(store, tmp_path / "empty", prune=True)
    assert refusal.value.code == "prune-everything"


async def test_nothing_is_written_if_one_file_is_invalid(tmp_path: Path, store: SqliteStore) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, {"guides/argent/fr.md": "---\ntitre: Argent\n---\nTexte"})
    with pytest.raises(BadFolder):
        await import_folder(store, tmp_path)
    assert await held(store) == {}


async def test_writes_that_are_not_durable_are_reported_and_a_repeat_completes_the_import(
    tmp_path: Path,
    store: SqliteStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_all = store.write

    async def write_some(collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        results = await write_all(collection, [write for write in writes if write.id not in (ARGENT, "site")])
        outcomes = {outcome.id: outcome for outcome in results if isinstance(outcome, Saved)}
        return [outcomes.get(write.id, NotDurable(write.id)) for write in writes]

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", write_some)
        with pytest.raises(Unavailable) as refusal:
            await import_folder(store, write(tmp_path, GOOD))
    assert refusal.value.values == {"count": 2}
    assert (await import_folder(store, tmp_path)).added == (ARGENT, "site")
    assert await library_from_store(store) == read_folder(tmp_path).library


async def test_a_store_that_fails_midway_has_whole_documents_and_a_repeat_completes_the_import(
    tmp_path: Path,
    store: SqliteStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_all = store.write
    calls = 0

    async def fail_at_third_batch(collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Unavailable("store-away", "Le stockage ne répond pas.")
        return await write_all(collection, writes)

    write(tmp_path, {f"guides/g{number}/fr.md": HEAD for number in range(350)})
    with monkeypatch.context() as patch:
        patch.setattr(store, "write", fail_at_third_batch)
        with pytest.raises(Unavailable):
            await import_folder(store, tmp_path)
    assert len((await library_from_store(store)).guides) == 200
    report = await import_folder(store, tmp_path)
    assert (len(report.added), len(report.unchanged)) == (150, 200)
    assert await library_from_store(store) == read_folder(tmp_path).library


async def test_an_edit_during_the_import_is_a_conflict(
    tmp_path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await import_folder(store, write(tmp_path, GOOD))
    write_all = store.write

    async def write_after_an_edit(collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        current = await record(store)
        await write_all(collection, [Write(ARGENT, {**current.body, "note": "Vu."}, current.rev)])
        return await write_all(collection, writes)

    monkeypatch.setattr(store, "write", write_after_an_edit)
    report = await import_folder(store, change_title(tmp_path, "Sous"))
    assert (report.changed, report.conflicts) == ((), (ImportConflict(ARGENT, "guides/argent/fr.md"),))
    assert (await record(store)).body["note"] == "Vu."
    monkeypatch.undo()
    assert (await import_folder(store, tmp_path)).changed == (ARGENT,)
    assert (await record(store)).body["note"] == "Vu."


async def test_import_export_import_changes_nothing(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path / "in", GOOD))
    report = await export_folder(store, tmp_path / "out")
    assert report.written == tuple(sorted(name for name in GOOD if not name.startswith(("README", "locale"))))
    before = await held(store)
    assert ids_by_outcome(await import_folder(store, tmp_path / "out", prune=True)) == {"unchanged": IDS}
    assert await held(store) == before
    assert (await export_folder(store, tmp_path / "out")).written == ()


async def test_an_export_has_edits_of_a_console_and_no_withdrawn_document(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path / "in", GOOD))
    await edit(store, "Le mien")
    await export_folder(store, tmp_path / "out")
    assert (tmp_path / "out/guides/argent/fr.md").read_text().startswith("---\ntitle: Le mien\n---\n\nGardez")
    await withdraw(store)
    await export_folder(store, tmp_path / "other")
    assert not (tmp_path / "other/guides/argent").exists()


async def test_an_export_to_the_imported_folder_changes_no_file(root: Path, tmp_path: Path, store: SqliteStore) -> None:
    shutil.copytree(root / "content", tmp_path / "content")
    before = {path: path.read_bytes() for path in (tmp_path / "content").rglob("*") if path.is_file()}
    await import_folder(store, tmp_path / "content")
    assert (await export_folder(store, tmp_path / "content")).written == ()
    assert {path: path.read_bytes() for path in (tmp_path / "content").rglob("*") if path.is_file()} == before


async def test_an_export_drops_comments_only_if_asked(tmp_path: Path, store: SqliteStore) -> None:
    commented = "---\n# Demander la date à la radio.\ntitle: Argent\n---\nGardez votre argent.\n"
    folder = write(
        tmp_path, {**GOOD, "guides/argent/fr.md": commented, "topics.yaml": "# Dans l’ordre.\n" + GOOD["topics.yaml"]}
    )
    await import_folder(store, folder)
    await edit(store, "Le mien")
    topics = (folder / "topics.yaml").read_text()
    (folder / "places/ML.yaml").unlink()
    with pytest.raises(Refused) as refusal:
        await export_folder(store, folder)
    assert (refusal.value.code, refusal.value.values["files"]) == ("export-comments", "guides/argent/fr.md")
    assert (folder / "guides/argent/fr.md").read_text() == commented
    assert not (folder / "places/ML.yaml").exists(), "nothing was written"
    assert (await export_folder(store, folder, drop_comments=True)).written == ("guides/argent/fr.md", "places/ML.yaml")
    assert "title: Le mien" in (folder / "guides/argent/fr.md").read_text()
    assert (folder / "topics.yaml").read_text() == topics


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: b\n", []),
        ("# x\na: b # y\n", [1, 2]),
        ("a: 'b # c'\nd: e#f\n", []),
        ("a: |\n  # no\n  x\n# yes # once\nb: c\n", [4]),
        ('a: "x\n  # no"\n', []),
        ("- {a: b} # y\n", [1]),
        ("a: [\n", []),
        ("a: |\n  x\n# last", [3]),
        ("", []),
    ],
)
def test_comments_are_distinguished_from_texts(text: str, lines: list[int]) -> None:
    assert comment_lines(text) == lines


async def test_an_unwritable_folder_is_reported(tmp_path: Path, store: SqliteStore) -> None:
    await import_folder(store, write(tmp_path / "in", GOOD))
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Unavailable) as refusal:
        await export_folder(store, tmp_path / "out")
    assert refusal.value.code == "folder-unwritable"


@pytest.mark.parametrize(
    ("id", "body", "code"),
    [
        (
            "guide:x:fr",
            {"kind": "guide", "fields": {"slug": "../etc", "lang": "fr", "title": "x", "body": "y"}},
            "slug-form",
        ),
        ("guide:x:fr", {"kind": "guide", "fields": {"slug": "y", "lang": "fr", "title": "x", "body": "y"}}, "id-other"),
        ("guide:x:fr", {"kind": "notice", "fields": {}}, "kind-unknown"),
        ("guide:x:fr", {"kind": "guide"}, "field-missing"),
    ],
)
async def test_an_invalid_record_is_reported_with_its_id(
    store: SqliteStore,
    id: str,
    body: Mapping[str, Any],
    code: str,
) -> None:
    await store.write(Collection.CONTENT, [Write(id, body)])
    with pytest.raises(BadContent) as refusal:
        await library_from_store(store)
    assert (refusal.value.path, refusal.value.code) == (id, code)


async def test_a_folder_larger_than_a_page_of_the_store_is_imported_and_read(
    tmp_path: Path, store: SqliteStore
) -> None:
    write(tmp_path, {f"guides/g{number}/fr.md": HEAD for number in range(1100)})
    assert len((await import_folder(store, tmp_path)).added) == 1100
    assert len((await library_from_store(store)).guides) == 1100


async def test_import_and_export_leave_the_projects_own_content_unchanged(
    root: Path, tmp_path: Path, store: SqliteStore
) -> None:
    library = read_folder(root / "content").library
    await import_folder(store, root / "content")
    await export_folder(store, tmp_path)
    assert read_folder(tmp_path).library == library
    before = await held(store)
    report = await import_folder(store, tmp_path, prune=True)
    assert set(ids_by_outcome(report)) == {"unchanged"}
    assert await held(store) == before


async def test_the_words_for_the_voice_come_back_in_a_file_of_their_own(tmp_path: Path, store: SqliteStore) -> None:
    files = {**GOOD, "guides/compte/fr.audio.md": "Un. Un code.\n\nDeux. Un mot.\n"}
    await import_folder(store, write(tmp_path / "in", files))
    await export_folder(store, tmp_path / "out")
    assert (tmp_path / "out/guides/compte/fr.audio.md").read_text("utf-8") == files["guides/compte/fr.audio.md"]
    assert "script" not in (tmp_path / "out/guides/compte/fr.md").read_text("utf-8")
    assert (await export_folder(store, tmp_path / "out")).written == ()
