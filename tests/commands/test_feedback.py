"""`kunnafoni feedback`: sealing keys confirmed by test, sealed answers opened, bundles read, phones enrolled."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import digest
from sync.editions.signing import Signer
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.store.contract import Collection, Write
from sync.store.open_store import open_store
from sync.submissions.bundle import read_receipts, write_bundle
from sync.submissions.sealing import SealingKey, seal_answers, seal_attachment
from tests.support.content_folder import write
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import DAY, PhoneSimulator, piece_lines
from tests.support.server_process import run_command
from tests.support.small_site import APP
from tests.support.unbound_seal import seal_unbound

pytestmark = pytest.mark.anyio

SEALED = Form(compile_markdown("plainte", FILES["forms/plainte.md"]))
PIECES = [bytes(range(256)) * 300, b"un son" * 900]
OPEN = Form(compile_markdown("visite", FILES["forms/visite.md"]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "content", FILES)
    write(tmp_path / "app", APP)
    run_command(tmp_path, "import", str(tmp_path / "content"))
    return tmp_path


async def enrolled(folder: Path) -> PhoneSimulator:
    phone = PhoneSimulator(SITE, 1, Signer.generate())
    store = open_store(f"sqlite:///{folder / 'data' / 'kunnafoni.db'}")
    body = {
        "key": phone.signer.public_key if phone.signer else "",
        "name": "n1",
        "place": "",
        "until": "2027-01-01",
        "made": DAY,
    }
    await store.write(Collection.PEOPLE, [Write(f"device:{phone.device}", body)])
    await store.close()
    return phone


async def test_from_keys_to_opened_answers(folder: Path) -> None:
    run_command(folder, "publish")
    phone = await enrolled(folder)
    key, recovery = folder / "usb1.pem", folder / "usb2.pem"
    assert "ne doit pas rester sur le serveur" in run_command(
        folder, "keys", "new", str(folder / "data/keys/x.pem"), str(recovery), code=1
    )
    assert "feedback open --test" in run_command(folder, "keys", "new", str(key), str(recovery))
    assert "Essayez aussi l’autre" in run_command(folder, "feedback", "open", "--test", "--key", str(key))
    run_command(folder, "publish")
    assert "Les deux clés ont été essayées" in run_command(folder, "feedback", "open", "--test", "--key", str(recovery))
    assert "pages changent" in run_command(folder, "publish")
    publics = [SealingKey.from_pem(file.read_bytes()).public_key for file in (key, recovery)]
    sealed = phone.seal(SEALED, {"nom": "Awa Ɛ"}, publics)
    plain = phone.fill(OPEN, {"paroles": "L’eau"})
    strange = sealed.line.replace('"lang', '"lung')
    (folder / "paquet.txt").write_text(write_bundle(SITE, (sealed.line + plain.line + strange).encode()))
    output = run_command(
        folder, "bundle", "read", str(folder / "paquet.txt"), "--receipts", str(folder / "recus.txt"), code=1
    )
    assert "Reçus : 2. Refusés : 1." in output and "submission-malformed: 1" in output
    assert read_receipts((folder / "recus.txt").read_text(), SITE).keys() == {sealed.id, plain.id}
    run_command(folder, "feedback", "export", str(folder / "clos.ndjson"), "--form", "plainte", "--format", "ndjson")
    assert json.loads((folder / "clos.ndjson").read_text())["answers"] is None
    assert "s’appelle" in run_command(folder, "feedback", "export", str(folder / "v.xlsx"), "--form", "visite")
    assert zipfile.is_zipfile(folder / "v.zip") and not (folder / "v.xlsx").exists(), "a repeat makes two tables"
    for number, file in enumerate((key, recovery)):
        out = folder / f"ouvert{number}.ndjson"
        run_command(folder, "feedback", "open", str(out), "--key", str(file), "--form", "plainte", "--format", "ndjson")
        assert json.loads(out.read_text())["answers"] == {"nom": "Awa Ɛ"}
    assert b"Awa " not in b"".join(path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file())
    new = folder / "usb3.pem"
    assert "Une nouvelle clé est faite" in run_command(folder, "keys", "recover", str(recovery), str(new))
    assert "Les deux clés ont été essayées" in run_command(folder, "feedback", "open", "--test", "--key", str(new))
    assert "n’est pas la clé de secours" in run_command(
        folder, "keys", "recover", str(key), str(folder / "usb4.pem"), code=1
    )
    run_command(
        folder,
        "feedback",
        "open",
        str(folder / "tard.ndjson"),
        "--key",
        str(key),
        "--form",
        "plainte",
        "--format",
        "ndjson",
    )
    assert json.loads((folder / "tard.ndjson").read_text())["answers"] == {"nom": "Awa Ɛ"}


async def test_sealed_photos_and_recordings_are_opened_into_a_folder_under_the_names_in_the_table(folder: Path) -> None:
    table = FILES["forms/plainte.md"].replace(
        "| | text | nom |", "| | image | vue | Une photo ? | |\n| | audio | voix | Racontez. | |\n| | text | nom |"
    )
    write(folder / "content", {"forms/plainte.md": table})
    run_command(folder, "import", str(folder / "content"))
    phone, key = await enrolled(folder), folder / "usb1.pem"
    run_command(folder, "keys", "new", str(key), str(folder / "usb2.pem"))
    run_command(folder, "publish")
    form, secrets, contents = Form(compile_markdown("plainte", table)), [bytes([n]) * 32 for n in (1, 2)], PIECES
    files = [
        seal_attachment(secret, data, SITE, "plainte", form.version, index, 3)
        for index, (secret, data) in enumerate(zip(secrets, contents, strict=True))
    ]

    def seal(publics: Sequence[str], header: Mapping[str, Any], answers: Any) -> dict[str, str]:
        return seal_answers(publics, header, answers, secrets, ["image/webp", "audio/ogg"])

    publics = [SealingKey.from_pem((folder / name).read_bytes()).public_key for name in ("usb1.pem", "usb2.pem")]
    names = [[digest(data), len(data), ""] for data in files]
    filled = phone.seal(form, {"vue": 0, "voix": 1, "nom": "Awa"}, publics, seal, files=names)
    lines = "".join([filled.line, *(line for data in files for line in piece_lines(data))])
    other = seal_attachment(secrets[0], b"autre", SITE, "plainte", form.version, 9, 3)
    bent = [[digest(data), len(data), ""] for data in (other, files[1])]
    filled_wrong = phone.seal(form, {"vue": 0, "voix": 1, "nom": "Binta"}, publics, seal, files=bent)
    lines += filled_wrong.line + "".join(piece_lines(other))
    (folder / "paquet.txt").write_text(write_bundle(SITE, lines.encode()))
    assert "Reçus : 2. Refusés : 0." in run_command(folder, "bundle", "read", str(folder / "paquet.txt"))
    out, pieces = folder / "ouvert.csv", folder / "pieces"
    options = ["--key", str(key), "--form", "plainte", "--files", str(pieces)]
    said = run_command(folder, "feedback", "open", str(out), *options)
    assert "3 photos et sons" in said and "1 manquent" in said, "one that somebody changed keeps no other back"
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")))
    [row] = [row for row in rows if row["nom"] == "Awa"]
    assert len(rows) == 2
    assert row["vue/file"].endswith("-vue.webp") and row["voix/file"].endswith("-voix.ogg")
    assert [(pieces / row[name]).read_bytes() for name in ("vue/file", "voix/file")] == contents
    written = [out, *pieces.iterdir()]
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}, "readable by their owner alone"


async def test_what_an_older_app_sealed_stays_closed_once_newer_ones_arrived_and_opens_when_asked(folder: Path) -> None:
    run_command(folder, "publish")
    phone = await enrolled(folder)
    key, recovery = folder / "usb1.pem", folder / "usb2.pem"
    run_command(folder, "keys", "new", str(key), str(recovery))
    publics = [SealingKey.from_pem(file.read_bytes()).public_key for file in (key, recovery)]
    older = phone.seal(SEALED, {"nom": "Awa"}, publics, seal_unbound)
    newer = phone.seal(SEALED, {"nom": "Binta"}, publics)
    out = folder / "ouvert.ndjson"

    def open_after(bundle: str, *options: str) -> tuple[str, dict[str, Any]]:
        (folder / "paquet.txt").write_text(write_bundle(SITE, bundle.encode()))
        run_command(folder, "bundle", "read", str(folder / "paquet.txt"))
        output = run_command(
            folder, "feedback", "open", str(out), "--key", str(key), "--form", "plainte", "--format", "ndjson", *options
        )
        lines = map(json.loads, out.read_text().splitlines())
        return output, {line["id"]: (line["answers"], line["doubt"]) for line in lines}

    output, answers = open_after(older.line)
    assert answers == {older.id: ({"nom": "Awa"}, "seal-unbound")} and "rien ne prouve" in output
    output, answers = open_after(newer.line)
    assert answers == {older.id: (None, "seal-unbound-late"), newer.id: ({"nom": "Binta"}, "")}
    assert "Avec --unbound, ils s’ouvrent" in output and "dont 1 restés scellés" in output
    output, answers = open_after(newer.line, "--unbound")
    assert answers[older.id] == ({"nom": "Awa"}, "seal-unbound-late") and "rien ne prouve" in output


def test_a_phones_code_is_made_for_the_terminal_too(folder: Path) -> None:
    run_command(folder, "publish")
    output = run_command(folder, "device", "enrol", "Radio Kayes", "--place", "ML-1")
    assert re.search(r"Code de Radio Kayes : [0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", output)


def test_a_form_nobody_published_is_a_sentence(folder: Path) -> None:
    assert "n’a jamais publié" in run_command(folder, "feedback", "export", str(folder / "x"), "--form", "rien", code=1)
