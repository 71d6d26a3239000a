"""Submissions in the console: access, filters, notes, answers, erasure, charts that hide small totals, exports."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import openpyxl
import pytest

from server.accounts.account import Role
from sync.canonical import digest
from sync.store.contract import Collection, Write
from tests.support.console_feedback import FeedbackConsole
from tests.support.form_files_in_place import read_forms_in_place
from tests.support.inbox_site import SITE
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.unsure_store import writes_not_durable
from tests.support.xlsforms import workbook

pytestmark = pytest.mark.anyio

WORDS = '=SUM(1) L’eau, « kɔlɔn » ; "rien"\tfin'
VISIT = {"paroles": WORDS, "femmes": 12, "enfants": [{"ans": 3}, {"ans": 7}]}


async def visits(feedback: FeedbackConsole, count: int = 1) -> list[FilledForm]:
    phone = await feedback.inbox_site.enrolled()
    filled = [phone.fill(feedback.inbox_site.forms["visite"], VISIT, place="ML-5") for _ in range(count)]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    await feedback.catch_up()
    return filled


async def test_a_phone_is_invited_by_a_sheet_and_revoked(feedback: FeedbackConsole) -> None:
    sheet = await feedback.coordinator.post("/devices", {"name": "Radio Kayes 2", "place": "ML-1", "days": "365"})
    assert sheet.status_code == 200, sheet.text
    [code] = [line.split("<")[0] for line in sheet.text.split('<code id="code">')[1:]]
    assert "<svg" in sheet.text
    assert code.replace("-", "") not in (await feedback.coordinator.get("/devices")).text
    phone = PhoneSimulator(SITE, 5)
    answer = await feedback.inbox_site.client.post("/devices", json=phone.enrolment(code.replace("-", "")))
    assert answer.json()["name"] == "Radio Kayes 2"
    assert "Radio Kayes 2" in (await feedback.coordinator.get("/devices")).text
    assert (await feedback.coordinator.post(f"/devices/{phone.device}/revoke")).status_code == 303
    assert "Retiré le" in (await feedback.coordinator.get("/devices")).text


async def test_the_list_filters(feedback: FeedbackConsole) -> None:
    filled = await visits(feedback, 3)
    assert "Envois : 3 " in (await feedback.coordinator.get("/feedback/list?form=visite")).text
    assert (
        "Envois : 3<"
        in (await feedback.coordinator.get("/feedback/list?place=ML&first=2026-11-24&last=2026-11-24&state=new")).text
    )
    assert "Envois : 0<" in (await feedback.coordinator.get("/feedback/list?place=NE")).text
    assert "Envois : 0<" in (await feedback.coordinator.get("/feedback/list?last=2026-11-23")).text
    await feedback.coordinator.post(f"/feedback/one/{filled[0].id}/handle", {"state": "taken", "who": "awa"})
    await feedback.catch_up()
    assert "Envois : 1<" in (await feedback.coordinator.get("/feedback/list?state=taken&who=awa")).text


async def test_one_is_found_by_its_code_read_noted_answered_and_erased(feedback: FeedbackConsole) -> None:
    [filled] = await visits(feedback)
    entry = (await feedback.inbox_site.site.services.inbox.get_submission(filled.id)).code
    search = await feedback.coordinator.get(f"/feedback/code?code={entry.lower()}")
    assert search.headers["location"] == f"/console/feedback/one/{filled.id}"
    path = f"/feedback/one/{filled.id}"
    text = (await feedback.coordinator.get(path)).text
    assert "kɔlɔn" in text and "Téléphone 1" in text
    await feedback.coordinator.post(f"{path}/note", {"text": "À rappeler <b>"})
    await feedback.coordinator.post(f"{path}/answer", {"text": "Le puits est réparé."})
    assert "À rappeler &lt;b&gt;" in (await feedback.coordinator.get(path)).text
    answer = await feedback.inbox_site.client.post("/inbox/answers", json={"id": filled.id, "secret": filled.secret})
    assert answer.json() == {"text": "Le puits est réparé.", "lang": "fr", "date": "2026-11-24"}
    assert (await feedback.coordinator.post(f"{path}/erase")).status_code == 303
    assert (await feedback.coordinator.get(path)).status_code == 404
    assert [verdict["code"] for verdict in await feedback.inbox_site.send(filled.line)] == ["erased"]


async def test_nothing_is_said_to_be_done_that_the_store_is_not_sure_of(feedback: FeedbackConsole) -> None:
    [filled] = await visits(feedback)
    submission_path = f"/feedback/one/{filled.id}"
    actions: dict[str, dict[str, str]] = {
        f"{submission_path}/note": {"text": "Fait"},
        f"{submission_path}/handle": {"state": "done", "who": "awa"},
        f"{submission_path}/answer": {"text": "Oui."},
        "/sign-out": {},
    }
    with writes_not_durable("note:", "handling:", "answer:", "session:"):
        for path, form in actions.items():
            answer = await feedback.coordinator.post(path, form)
            assert answer.status_code == 503, path
            assert "pas encore sûr" in answer.text
        assert (await feedback.coordinator.get(submission_path)).status_code == 200, "still signed in, as was said"
    for path, form in actions.items():
        assert (await feedback.coordinator.post(path, form)).status_code == 303, path


async def test_exports_equal_what_was_typed(feedback: FeedbackConsole) -> None:
    await visits(feedback)
    lines = (await feedback.coordinator.get("/feedback/export/visite?kind=ndjson")).text.splitlines()
    assert [json.loads(line)["answers"] for line in lines] == [VISIT]
    book = openpyxl.load_workbook(
        io.BytesIO((await feedback.coordinator.get("/feedback/export/visite?kind=xlsx")).content)
    )
    assert book.sheetnames == ["reponses", "enfants"]
    main = [[cell.value for cell in row] for row in book["reponses"].iter_rows()]
    assert main[0][7:] == ["paroles", "femmes"]
    assert main[1][7:] == [WORDS, 12]
    assert book["reponses"]["H2"].data_type == "s"
    assert [[cell.value for cell in row][1:] for row in book["enfants"].iter_rows()] == [
        ["enfants", "ans"],
        [1, 3],
        [2, 7],
    ]
    packed = zipfile.ZipFile(
        io.BytesIO((await feedback.coordinator.get("/feedback/export/visite?kind=csv&labels=1")).content)
    )
    rows = list(csv.reader(io.StringIO(packed.read("reponses.csv").decode("utf-8-sig"), newline="")))
    assert rows[0][7:] == ["Qu’a dit la personne ?", "Combien de femmes ?"]
    assert rows[1][7:] == [f"'{WORDS}", "12"]


async def test_sealed_ones_stay_sealed_here(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    sealed = phone.seal(
        feedback.inbox_site.forms["plainte"],
        {"nom": "Awa Distinctive"},
        [feedback.inbox_site.key.public_key, feedback.inbox_site.recovery.public_key],
    )
    await feedback.inbox_site.send(sealed.line)
    await feedback.catch_up()
    text = (await feedback.coordinator.get(f"/feedback/one/{sealed.id}")).text
    assert "/feedback/open/plainte" in text
    assert "Distinctive" not in text + (await feedback.coordinator.get("/feedback/export/plainte?kind=ndjson")).text
    assert "1 scellés" in (await feedback.coordinator.get("/feedback/charts/plainte")).text


async def test_charts_stand_beside_their_numbers_and_small_totals_are_held_back_from_analysts(
    feedback: FeedbackConsole,
) -> None:
    await visits(feedback, 6)
    mine = (await feedback.coordinator.get("/feedback/charts/visite")).text
    assert "Réponses : 6 sur 6" in mine and "<rect" in mine
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert "Un total de moins de 5 personnes" in (await analyst.get("/feedback/charts/visite")).text
    assert (await analyst.get("/feedback/list")).status_code == 403
    assert (await analyst.get("/feedback/export/visite")).status_code == 403


async def test_a_workbook_becomes_a_form_or_is_refused_by_row_and_column(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_forms_in_place(monkeypatch)
    good = workbook(
        {"survey": [["type", "name", "label"], ["text", "a", "Quoi ?"]], "settings": [["form_title"], ["Nouveau"]]}
    )
    bad = workbook({"survey": [["type", "name", "label"], ["video", "a", "Quoi ?"]]})
    refused = await feedback.coordinator.post("/feedback/forms", {"slug": "neuf"}, files={"file": ("neuf.xlsx", bad)})
    assert refused.status_code == 422
    assert "Feuille survey, ligne 2, colonne « type »" in refused.text
    accepted = await feedback.coordinator.post("/feedback/forms", {"slug": "neuf"}, files={"file": ("neuf.xlsx", good)})
    assert accepted.status_code == 303
    assert "Nouveau" in (await feedback.coordinator.get("/feedback/forms")).text


async def test_a_form_that_names_an_image_the_site_does_not_hold_is_refused(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_forms_in_place(monkeypatch)
    name = f"{digest('image')}.webp"
    rows: list[list[object]] = [["type", "name", "label", "media::image"], ["text", "a", "Quoi ?", name]]
    files = {"file": ("neuf.xlsx", workbook({"survey": rows}))}
    refused = await feedback.coordinator.post("/feedback/forms", {"slug": "neuf"}, files=files)
    assert refused.status_code == 422
    assert f"« {name} » n’est pas sur ce site" in refused.text
    medium = {"name": name, "bytes": 10, "label": "x", "seconds": 0, "width": 1, "height": 1, "when": "2026-11-24"}
    await feedback.inbox_site.site.services.store.write(Collection.CONTENT, [Write(f"media:{name}", medium)])
    assert (await feedback.coordinator.post("/feedback/forms", {"slug": "neuf"}, files=files)).status_code == 303
