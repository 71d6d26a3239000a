"""`kunnafoni alert send`: errors with lines, preview, sending once, Extreme with a second person; `alert import`."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.alerts.drafts import AlertDrafts, AlertDraftState
from server.commands.cli import commands
from sync.errors import BadFolder, Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Outcome, Write
from sync.store.sqlite.store import SqliteStore
from tests.support.sample_alerts import ALERT_YAML
from tests.support.sample_cap import cap_info, cap_xml
from tests.support.small_site import running_site, settings_for
from tests.support.unsure_store import writes_not_durable

SOON = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%MZ")
GOOD = ALERT_YAML.replace("2026-11-26T18:00Z", SOON).replace("[ML-4, ML-5]", "[ML]")
SLUG = "crue-bani-1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    async def prepare() -> None:
        async with running_site(tmp_path):
            pass

    asyncio.run(prepare())
    settings = settings_for(tmp_path)
    for name in ("data", "content", "app"):
        monkeypatch.setenv(f"KUNNAFONI_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("KUNNAFONI_PUSH_CONTACT", settings.push_contact)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    return tmp_path


def send(folder: Path, text: str, *options: str) -> Result:
    file = folder / "alerte.yaml"
    file.write_text(text, "utf-8")
    return CliRunner().invoke(commands, ["alert", "send", str(file), *options])


def test_an_alert_is_previewed_and_sent_once(folder: Path) -> None:
    first = send(folder, GOOD)
    assert first.exit_code == 0, first.output
    sentences = (
        "[fr] Le Bani déborde près de Djenné",
        "octets sur 3993",
        "Téléphones abonnés que cela concerne : 0",
        "Alerte envoyée : crue",
    )
    for words in sentences:
        assert words in first.output
    assert send(folder, GOOD).exit_code == 0


@pytest.mark.parametrize(
    ("contact", "named"), [("", "services de messages"), ("alertes@exemple.ml", "alertes@exemple.ml")]
)
def test_without_a_contact_it_says_that_no_push_leaves_and_publishes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, contact: str, named: str
) -> None:
    monkeypatch.setenv("KUNNAFONI_PUSH_CONTACT", contact)
    result = send(folder, GOOD)
    assert result.exit_code == 0, result.output
    warning, confirmation = (
        result.output.find("Aucun message ne part vers les téléphones"),
        result.output.find("Alerte envoyée"),
    )
    assert 0 <= warning < confirmation
    for words in (named, "KUNNAFONI_PUSH_CONTACT=mailto:"):
        assert words in result.output
    test = send(folder, GOOD.replace(SLUG, "essai"), "--test")  # it would only be pushed
    assert isinstance(test.exception, Refused)
    assert "Alerte envoyée" not in test.output


def test_a_store_that_is_not_sure_for_a_while_is_asked_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = {f"alert:{SLUG}", "fresh:fr-ML", f"sending:{SLUG}", f"shard:{SLUG}:a"}
    write = SqliteStore.write

    async def not_yet(store: SqliteStore, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        outcomes = await write(store, room, writes)
        unsure_outcomes = [
            NotDurable(item.id) if item.id in unsure else outcome
            for item, outcome in zip(writes, outcomes, strict=True)
        ]
        unsure.difference_update(item.id for item in writes)
        return unsure_outcomes

    monkeypatch.setattr("server.commands.alert.RETRY_DELAYS", (0.01,) * 5)
    monkeypatch.setattr(SqliteStore, "write", not_yet)
    result = send(folder, GOOD)
    assert result.exit_code == 0, result.output
    assert f"Alerte envoyée : {SLUG}" in result.output
    assert not unsure, "each was told once that it may not be there"


def test_a_store_that_is_never_sure_is_said_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.commands.alert.RETRY_DELAYS", (0.01,) * 5)
    with writes_not_durable(""):
        result = send(folder, GOOD)
    assert isinstance(result.exception, Unavailable)
    assert "Alerte envoyée" not in result.output


def test_a_mistake_is_named_with_its_line_and_nothing_is_sent(folder: Path) -> None:
    result = send(
        folder, GOOD.replace("severity: Severe", "severity: Horrible").replace("category: [Met]", "category: [Mat]")
    )
    assert isinstance(result.exception, BadFolder)
    assert [(error.path, error.line) for error in result.exception.errors] == [("alerte.yaml", 2), ("alerte.yaml", 4)]
    late = send(folder, GOOD.replace(SOON, "2020-01-01T00:00Z"))
    assert isinstance(late.exception, BadFolder)
    assert [(error.line, error.code) for error in late.exception.errors] == [(7, "alert-over")]


def test_extreme_waits_for_a_second_person_and_a_test_does_not(folder: Path) -> None:
    extreme = GOOD.replace("severity: Severe", "severity: Extreme")
    assert "Alerte envoyée" in send(folder, extreme.replace("crue-bani-1", "essai"), "--test").output
    result = send(folder, extreme)
    assert "une deuxième personne doit l’approuver" in result.output
    assert "Alerte envoyée" not in result.output

    async def waiting() -> list[AlertDraftState]:
        store = SqliteStore(folder / "data" / "kunnafoni.db")
        await store.prepare()
        states = [planned.state for planned in await AlertDrafts(store).all()]
        await store.close()
        return states

    assert asyncio.run(waiting()) == [AlertDraftState.WAITING]


def import_message(folder: Path, raw: bytes | str) -> Result:
    file = folder / "message.xml"
    if isinstance(raw, bytes):
        file.write_bytes(raw)
    return CliRunner().invoke(commands, ["alert", "import", str(file) if isinstance(raw, bytes) else raw])


def test_a_foreign_message_is_imported_as_a_draft_and_what_it_lacks_is_named(folder: Path) -> None:
    in_force = cap_info(expires="", headline="x" * 130)
    result = import_message(folder, cap_xml(in_force))
    assert result.exit_code == 0, result.output
    for words in (
        "Service météo d’exemple",
        "Ce message n’est pas signé.",
        "/console/alerts/drafts/",
        "À compléter (expires) : Le message ne le dit pas.",
        "À compléter (fr.headline) : Trop long pour une alerte : 130 signes, pour 120 au plus.",
    ):
        assert words in result.output
    again = import_message(folder, cap_xml(in_force))
    assert "Ce message est déjà un brouillon." in again.output
    expired = import_message(folder, cap_xml(cap_info(expires="2020-01-01T00:00:00Z"), identifier="vieux"))
    assert "Ce message a pris fin" in expired.output
    assert "/console/alerts/drafts/" not in expired.output


def test_what_cannot_be_imported_is_refused_with_its_reason(folder: Path) -> None:
    broken = import_message(folder, cap_xml(cap_info(severity="Horrible")).replace(b"<info>", b"\n<info>"))
    assert isinstance(broken.exception, BadFolder)
    assert [(error.line, error.code) for error in broken.exception.errors] == [(2, "cap-value")]
    assert isinstance(import_message(folder, str(folder / "rien.xml")).exception, Refused)
    private = import_message(folder, "http://127.0.0.1/message.xml")
    assert isinstance(private.exception, Refused)
    assert private.exception.code == "address-private"
