"""Submissions in the console: access, filters, notes, answers, erasure, charts that hide small totals, exports."""

from __future__ import annotations

import csv
import datetime
import html
import io
import json
import re
import zipfile

import openpyxl
import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from server.console.routes import ROUTES
from sync.canonical import base64url_encode, digest
from sync.content.stored import library_from_store
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.store.contract import Collection, Write
from sync.submissions.attachments import piece_id
from sync.submissions.submission import receipt_code
from tests.support.console_feedback import FeedbackConsole
from tests.support.form_files_in_place import read_forms_in_place
from tests.support.inbox_site import SITE
from tests.support.phone_simulator import FilledForm, PhoneSimulator, piece_lines
from tests.support.unsure_store import writes_not_durable
from tests.support.xlsforms import q, workbook, xlsform

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
    assert (await feedback.coordinator.decide(f"/devices/{phone.device}/revoke")).status_code == 303
    assert "Retiré le" in (await feedback.coordinator.get("/devices")).text


async def test_a_code_that_was_used_meanwhile_is_not_taken_back(feedback: FeedbackConsole) -> None:
    await feedback.coordinator.post("/devices", {"name": "Radio Kayes 2", "place": "ML-1", "days": "365"})
    form = await feedback.coordinator.read_form("/devices/drop", {})
    assert form
    [record] = await feedback.inbox_site.site.services.store.scan(Collection.PEOPLE, "enrolment:", "enrolment;")
    used = Write(record.id, {**record.body, "device": "x"}, record.rev)
    await feedback.inbox_site.site.services.store.write(Collection.PEOPLE, [used])
    answer = await feedback.coordinator.post("/devices/drop", form.given)
    assert answer.status_code == 409
    assert "Radio</del>" in answer.text and "Ce code n’attend plus" in re.sub("</?ins>", "", answer.text)
    assert await feedback.inbox_site.site.services.store.get(Collection.PEOPLE, record.id)


async def test_the_list_filters(feedback: FeedbackConsole) -> None:
    filled = await visits(feedback, 3)
    assert "Envois : 3 " in (await feedback.coordinator.get("/feedback/list?form=visite")).text
    assert (
        "Envois : 3 "
        in (await feedback.coordinator.get("/feedback/list?place=ML&first=2026-11-24&last=2026-11-24&state=new")).text
    )
    assert "Envois : 0 " in (await feedback.coordinator.get("/feedback/list?place=NE")).text
    assert "Envois : 0 " in (await feedback.coordinator.get("/feedback/list?last=2026-11-23")).text
    await feedback.coordinator.decide(f"/feedback/one/{filled[0].id}/handle", {"state": "taken", "who": "awa"})
    await feedback.catch_up()
    assert "Envois : 1 " in (await feedback.coordinator.get("/feedback/list?state=taken&who=awa")).text


async def test_one_is_found_by_its_code_read_noted_answered_and_erased(feedback: FeedbackConsole) -> None:
    [filled] = await visits(feedback)
    entry = (await feedback.inbox_site.site.services.inbox.get_submission(filled.id)).code
    search = await feedback.coordinator.get(f"/feedback/code?code={entry.lower()}")
    assert search.headers["location"] == f"/console/feedback/one/{filled.id}"
    path = f"/feedback/one/{filled.id}"
    text = (await feedback.coordinator.get(path)).text
    assert "kɔlɔn" in text and "Téléphone 1" in text
    await feedback.coordinator.post(f"{path}/note", {"text": "À rappeler <b>"})
    await feedback.coordinator.decide(f"{path}/answer", {"text": "Le puits est réparé."})
    assert "À rappeler &lt;b&gt;" in (await feedback.coordinator.get(path)).text
    answer = await feedback.inbox_site.client.post("/inbox/answers", json={"id": filled.id, "secret": filled.secret})
    assert answer.json() == {"text": "Le puits est réparé.", "lang": "fr", "date": "2026-11-24"}
    assert (await feedback.coordinator.decide(f"{path}/erase")).status_code == 303
    assert (await feedback.coordinator.get(path)).status_code == 404
    assert [verdict["code"] for verdict in await feedback.inbox_site.send(filled.line)] == ["erased"]


async def test_what_is_answered_is_handled_and_is_offered_to_those_alone_who_may_open_it(
    feedback: FeedbackConsole,
) -> None:
    for role, name in ((Role.EDITOR, "fanta"), (Role.ANALYST, "binta"), (Role.COORDINATOR, "kadia")):
        await feedback.console_site.person(role, name)
    [filled] = await visits(feedback)
    path = f"/feedback/one/{filled.id}"
    page = BeautifulSoup((await feedback.coordinator.get(path)).text, "html.parser")
    offered = {option.text for option in page.select("#f-who option")}
    assert "kadia" in offered and not offered & {"fanta", "binta"}
    await feedback.coordinator.decide(f"{path}/answer", {"text": "Le puits est réparé."})
    page = BeautifulSoup((await feedback.coordinator.get(path)).text, "html.parser")
    chosen = [option.text for option in page.select("#f-state option[selected], #f-who option[selected]")]
    assert chosen == ["Traité", feedback.coordinator.name]


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
            answer = await feedback.coordinator.decide(path, form)
            assert answer.status_code == 503, path
            assert "pas encore sûr" in answer.text
        assert (await feedback.coordinator.get(submission_path)).status_code == 200, "still signed in, as was said"
    for path, form in actions.items():
        assert (await feedback.coordinator.decide(path, form)).status_code == 303, path


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
    code = main[1][0]
    assert [[cell.value for cell in row][1:] for row in book["enfants"].iter_rows()] == [
        ["enfants", "key", "parent", "ans"],
        [1, f"{code}/1", code, 3],
        [2, f"{code}/2", code, 7],
    ]
    packed = zipfile.ZipFile(
        io.BytesIO((await feedback.coordinator.get("/feedback/export/visite?kind=csv&labels=1")).content)
    )
    rows = list(csv.reader(io.StringIO(packed.read("reponses.csv").decode("utf-8-sig"), newline="")))
    assert rows[0][7:] == ["Qu’a dit la personne ?", "Combien de femmes ?"]
    assert rows[1][7:] == [f"'{WORDS}", "12"]
    noted = [entry for entry in await feedback.inbox_site.site.services.audit.list_recent(20) if "export" in entry.what]
    assert sorted(
        (entry.who, entry.what, entry.target, entry.detail["count"], entry.detail["kind"]) for entry in noted
    ) == [(feedback.coordinator.name, "feedback-exported", "visite", 1, kind) for kind in ("csv", "ndjson", "xlsx")]


async def test_what_is_filtered_is_what_leaves(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    form = feedback.inbox_site.forms["visite"]
    filled = [phone.fill(form, {"paroles": f"parole {place}"}, place=place) for place in ("ML-1", "ML-5")]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    await feedback.catch_up()
    page = (await feedback.coordinator.get("/feedback/list?form=visite&place=ML-5")).text
    links = [html.unescape(link) for link in re.findall(r'href="/console(/feedback/(?:export|charts)[^"]*)"', page)]
    assert len(links) == 7 and all("place=ML-5" in link for link in links)
    for link in links:
        answer = await feedback.coordinator.get(link)
        assert answer.status_code == 200
        if "kind=csv" in link or "kind=ndjson" in link:
            text = b"".join(unpacked(answer.content)).decode()
            assert "parole ML-5" in text and "parole ML-1" not in text
    charts = await feedback.coordinator.get("/feedback/charts/visite?place=ML-5")
    assert "parole ML-1" not in charts.text
    analyst = await feedback.console_site.person(Role.ANALYST)
    parts = [await analyst.get(f"/feedback/charts/visite?place={place}") for place in ("ML-1", "ML-5", "")]
    assert len({re.sub('csrf" value="[^"]*', "", part.text) for part in parts}) == 1, "no totals of parts"


async def test_one_is_read_in_words_with_its_photos_in_their_place(feedback: FeedbackConsole) -> None:
    site = feedback.inbox_site
    table = xlsform(
        q("begin group", "chez", "Chez vous"),
        q("date", "jour", "Quel jour ?"),
        q("datetime", "moment", "Quel moment ?"),
        q("decimal", "prix", "Quel prix ?"),
        q("integer", "numero", "Quel numéro ?"),
        q("acknowledge", "lu", "Lu ?"),
        q("end group", ""),
        q("select_multiple mois", "mois", "Quels mois ?"),
        q("begin repeat", "puits", "Puits"),
        q("image", "vue", "Le puits ?"),
        q("begin repeat", "seaux", "Seau"),
        q("geotrace", "chemin", "Par où ?"),
        q("end repeat", ""),
        q("end repeat", ""),
        q("image", "fin", "Vous ?"),
        choices="mois jan Janvier\nmois fev Février",
        settings={"form_title": "Eau", "form_id": "eau", "sealed": "no"},
    )
    await site.site.publish({"forms/eau.md": table})
    form = Form(compile_document((await library_from_store(site.site.services.store)).forms["eau"]))
    answers = {
        "jour": "2026-11-01",
        "moment": "2026-11-20T08:30",
        "prix": "1234.125",
        "numero": 76123456,
        "lu": True,
        "mois": ["jan", "fev"],
        "puits": [{"vue": 1, "seaux": [{"chemin": "12.65 -8.00;12.66 -8.00"}]}, {"vue": 2}],
        "fin": 0,
    }
    filled = (await site.enrolled()).fill(form, answers, [b"fin", b"un", b"deux"])
    [verdict] = await site.send(filled.line)
    assert verdict["verdict"] == "accepted", verdict
    await feedback.catch_up()
    page = (await feedback.coordinator.get(f"/feedback/one/{filled.id}")).text
    shown = re.sub(r"<img [^>]*file/(\d)[^>]*>", r"photo \1", page[page.index("</dl>") : page.index("Qui s’en occupe")])
    assert [text for text in re.split(r"\s*<[^>]+>\s*", shown) if text] == [
        *("Quel jour ?", "1er novembre 2026", "Quel moment ?", "20 novembre 2026 08:30", "Quel prix ?", "1234,125"),
        *("Quel numéro ?", "76123456", "Lu ?", "Oui", "Quels mois ?", "Janvier, Février"),
        *("Puits 1", "Le puits ?", "photo 1"),
        *("Puits 1, Seau 1", "Par où ?", "12.65 -8.00 → 12.66 -8.00"),
        *("Puits 2", "Le puits ?", "photo 2"),
        *("Eau", "Vous ?", "photo 0"),
    ]


def unpacked(data: bytes) -> list[bytes]:
    """The files of a ZIP, or the one file."""
    if not data.startswith(b"PK"):
        return [data]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


async def test_photos_leave_with_their_table_under_the_names_that_stand_in_it(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    photo = bytes(range(256)) * 40
    filled = phone.fill(feedback.inbox_site.forms["photo"], {"vue": 0}, [photo])
    await feedback.inbox_site.send(filled.line, *piece_lines(photo))
    await feedback.catch_up()
    answer = await feedback.coordinator.get("/feedback/export/photo?kind=csv&files=1")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        [file, table] = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig"), newline="")))
        assert (file, archive.read(file)) == (f"files/{rows[0]['vue/file']}", photo)
    assert rows[0]["vue/file"].startswith(f"{rows[0]['code']}-vue.")


async def test_a_photo_that_fails_its_proof_is_named_beside_the_others(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    whole, bent = b"whole" * 40, b"bent" * 40
    sent = [phone.fill(feedback.inbox_site.forms["photo"], {"vue": 0}, [photo]) for photo in (whole, bent)]
    await feedback.inbox_site.send(*(filled.line for filled in sent), *piece_lines(whole), *piece_lines(bent))
    await feedback.catch_up()
    store, id = feedback.inbox_site.site.services.store, piece_id(digest(bent), 0)
    piece = await store.get(Collection.FEEDBACK, id)
    assert piece
    await store.write(Collection.FEEDBACK, [Write(id, {"data": base64url_encode(b"other" * 40)}, piece.rev)])
    answer = await feedback.coordinator.get("/feedback/export/photo?kind=csv&files=1")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        [file, incomplete, table] = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig"), newline="")))
        by_code = {row["code"]: row["vue/file"] for row in rows}
        missing = by_code.pop(receipt_code(sent[1].id))
        assert (incomplete, [file]) == ("incomplete.txt", [f"files/{name}" for name in by_code.values()])
        assert archive.read(incomplete).decode().split("\r\n")[2:] == [missing, ""]


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
    assert "Un groupe de moins de 5 personnes" in (await analyst.get("/feedback/charts/visite")).text
    assert (await analyst.get("/feedback/list")).status_code == 403
    assert (await analyst.get("/feedback/export/visite")).status_code == 403


async def test_an_analyst_sees_aggregates_only_by_every_route(feedback: FeedbackConsole) -> None:
    """Every address of the console that an analyst may open, with what the field sent a period ago and today."""
    phone = await feedback.inbox_site.enrolled()
    form = feedback.inbox_site.forms["visite"]
    filled = [phone.fill(form, {"paroles": f"parole secrète {n}"}, place="ML-5") for n in range(7)]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert "Envois : 0" in (await analyst.get("/feedback/charts/visite")).text, "this period is not over"
    feedback.inbox_site.site.clock.now += datetime.timedelta(days=28)
    await feedback.catch_up()
    analyst = await feedback.console_site.person(Role.ANALYST)
    opened = 0
    for route in ROUTES:
        path = route.path.replace("{form}", "visite").replace("{id}", filled[0].id).replace("{index}", "0")
        if path == "/sign-out" or "{" in path or "GET" not in route.methods:
            continue
        answer = await analyst.get(path)
        opened += answer.status_code == 200
        assert not any(f"parole secrète {n}" in answer.text for n in range(7)), path
        assert path.startswith("/feedback/one/") or not any(submission.id in answer.text for submission in filled), path
        assert answer.status_code == 403 or not path.startswith("/feedback/") or "charts" in path, path
    assert opened > 5
    shown = (await analyst.get("/feedback/charts/visite")).text
    assert "Envois : 7" in shown, "the period of the seven is over"
    feedback.inbox_site.site.clock.now += datetime.timedelta(days=28)
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert "Envois : 0" in (await analyst.get("/feedback/charts/visite")).text
    assert "Envois : 7" in (await analyst.get("/feedback/charts/visite?period=2026-11-02")).text
    assert "Envois : 0" in (await analyst.get("/feedback/charts/visite?period=2026-11-09")).text, "no other grid"


async def test_three_submissions_are_no_figure_for_an_analyst(feedback: FeedbackConsole) -> None:
    await visits(feedback, 3)
    feedback.inbox_site.site.clock.now += datetime.timedelta(days=28)
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert "Trop peu d’envois" in (await analyst.get("/feedback/charts/visite")).text
    assert "caché" in (await analyst.get("/feedback")).text


async def test_a_workbook_becomes_a_form_or_is_refused_by_row_and_column(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_forms_in_place(monkeypatch)
    good = workbook(
        {"survey": [["type", "name", "label"], ["text", "a", "Quoi ?"]], "settings": [["form_title"], ["Nouveau"]]}
    )
    bad = workbook({"survey": [["type", "name", "label"], ["rank", "a", "Quoi ?"]]})
    refused = await feedback.coordinator.decide("/feedback/forms", {"slug": "neuf"}, files={"file": ("neuf.xlsx", bad)})
    assert refused.status_code == 422
    assert "Feuille survey, ligne 2, colonne « type »" in refused.text
    accepted = await feedback.coordinator.decide(
        "/feedback/forms", {"slug": "neuf"}, files={"file": ("neuf.xlsx", good)}
    )
    assert accepted.status_code == 303
    assert "Nouveau" in (await feedback.coordinator.get("/feedback/forms")).text


async def test_what_is_left_out_of_a_workbook_is_shown_before_it_is_kept(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_forms_in_place(monkeypatch)
    rows: list[list[object]] = [["type", "name", "label"], ["deviceid", "d", ""], ["text", "a", "Quoi ?"]]
    data = workbook({"survey": rows, "settings": [["form_title", "submission_url"], ["Puits du village", "http://x"]]})
    shown = await feedback.coordinator.decide("/feedback/forms", {"slug": "neuf"}, files={"file": ("neuf.xlsx", data)})
    assert shown.status_code == 200
    assert "Feuille survey, ligne 2, colonne « type »" in shown.text
    assert "Feuille settings, ligne 2, colonne « submission_url »" in shown.text
    assert "Puits" not in (await feedback.coordinator.get("/feedback/forms")).text, "not before they agree"
    [clean_copy] = re.findall(r'name="clean_copy" value="([^"]*)"', shown.text)
    clean_copy = html.unescape(clean_copy)
    copy = await feedback.coordinator.post("/feedback/forms/copy", {"clean_copy": clean_copy})
    assert copy.headers["content-disposition"] == 'attachment; filename="formulaire.xlsx"'
    kept = await feedback.coordinator.decide("/feedback/forms", {"slug": "neuf", "clean_copy": clean_copy})
    assert kept.status_code == 303
    assert "Puits" in (await feedback.coordinator.get("/feedback/forms")).text


async def test_a_form_that_names_an_image_the_site_does_not_hold_is_refused(
    feedback: FeedbackConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_forms_in_place(monkeypatch)
    name = f"{digest('image')}.webp"
    rows: list[list[object]] = [["type", "name", "label", "media::image"], ["text", "a", "Quoi ?", name]]
    files = {"file": ("neuf.xlsx", workbook({"survey": rows}))}
    refused = await feedback.coordinator.decide("/feedback/forms", {"slug": "neuf"}, files=files)
    assert refused.status_code == 422
    assert f"« {name} » n’est pas sur ce site" in refused.text
    medium = {"name": name, "bytes": 10, "label": "x", "seconds": 0, "width": 1, "height": 1, "when": "2026-11-24"}
    await feedback.inbox_site.site.services.store.write(Collection.CONTENT, [Write(f"media:{name}", medium)])
    assert (await feedback.coordinator.decide("/feedback/forms", {"slug": "neuf"}, files=files)).status_code == 303
