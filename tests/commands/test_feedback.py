"""`kunnafoni feedback`: sealing keys confirmed by test, sealed answers opened, bundles read, phones enrolled."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sync.editions.signing import Signer
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.store.contract import Collection, Write
from sync.store.open_store import open_store
from sync.submissions.bundle import read_receipts, write_bundle
from sync.submissions.sealing import SealingKey
from tests.support.content_folder import write
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import DAY, PhoneSimulator
from tests.support.server_process import run_command
from tests.support.small_site import APP
from tests.support.unbound_seal import seal_unbound

pytestmark = pytest.mark.anyio

SEALED = Form(compile_markdown("plainte", FILES["forms/plainte.md"]))
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
    assert b"Awa" not in b"".join(path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file())
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
