"""The page of one form: filled as on a phone, downloaded, withdrawn and proposed again; a new form's name and place."""

from __future__ import annotations

import html
import io
import re

import pytest

from sync.forms.compiler import read_workbook
from tests.support.console_feedback import FeedbackConsole
from tests.support.form_files_in_place import read_forms_in_place
from tests.support.inbox_site import FILES, VISIT_ANSWERS
from tests.support.xlsforms import workbook

pytestmark = pytest.mark.anyio

PAGE = "/feedback/forms/visite"
LINK = '<a href="/console/feedback/forms/visite">'


@pytest.fixture(autouse=True)
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read_forms_in_place(monkeypatch)


def offered(feedback: FeedbackConsole, path: str) -> str:
    """The page that phones are offered, "" for none."""
    return feedback.inbox_site.site.services.current_editions.get("fr-ML").body(path) or ""


async def publish(feedback: FeedbackConsole) -> None:
    """Publish what stands in the console, without importing the folder again."""
    site = feedback.inbox_site.site
    await site.services.publisher.publish(site.keys)
    await site.services.current_editions.load()


async def test_a_form_is_tried_in_a_frame_with_the_phones_script_and_no_other(feedback: FeedbackConsole) -> None:
    page = (await feedback.coordinator.get(PAGE)).text
    assert 'src="/console/feedback/forms/visite/try" sandbox="allow-same-origin allow-scripts allow-forms"' in page
    frame = await feedback.coordinator.get(f"{PAGE}/try")
    assert re.findall(r"<script type=module src=([^>]+)>", frame.text) == ["/console/assets/practice-page.js"]
    [version] = re.findall(r"id=practice data-version=(\S+)", frame.text)
    assert version == feedback.inbox_site.forms["visite"].version
    [text] = re.findall(r"data-part=1>(.*?)</script>", frame.text, re.DOTALL)
    assert "Qu’a dit la personne ?" in text
    policy = frame.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy and "unsafe" not in policy
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"


async def test_a_forms_source_goes_to_other_tools_and_comes_back_the_same(feedback: FeedbackConsole) -> None:
    sheet = await feedback.coordinator.get(f"{PAGE}/source")
    assert sheet.headers["content-disposition"] == 'attachment; filename="visite.xlsx"'
    again = read_workbook("visite", sheet.content).form
    assert {**again, "about": 0} == {**feedback.inbox_site.forms["visite"].json, "about": 0}
    tables = await feedback.coordinator.get(f"{PAGE}/source?kind=md")
    assert tables.text.strip() == FILES["forms/visite.md"].strip()
    assert (await feedback.coordinator.get(f"{PAGE}/source?kind=pdf")).status_code == 400
    assert (await feedback.coordinator.get("/feedback/forms/inconnu/source")).status_code == 404


async def test_a_withdrawn_form_is_offered_to_nobody_and_what_was_begun_arrives_and_leaves(
    feedback: FeedbackConsole,
) -> None:
    phone = await feedback.inbox_site.enrolled()
    form = feedback.inbox_site.forms["visite"]
    before, begun = (phone.fill(form, VISIT_ANSWERS, place="ML-5") for _ in range(2))
    await feedback.inbox_site.send(before.line)
    assert (await feedback.coordinator.decide(f"{PAGE}/withdraw")).status_code == 303
    assert "Retiré à la prochaine publication" in (await feedback.coordinator.get(PAGE)).text
    assert offered(feedback, "forms/visite"), "until the next publication"
    await publish(feedback)
    assert not offered(feedback, "forms/visite")
    assert "forms/visite" not in offered(feedback, "forms")
    [verdict] = await feedback.inbox_site.send(begun.line)
    assert "receipt" in verdict, "a phone finishes what it began"
    await feedback.catch_up()
    listed = (await feedback.coordinator.get("/feedback/list?form=visite")).text
    assert "Envois : 2 " in listed and "Visite" in listed
    table = (await feedback.coordinator.get("/feedback/export/visite?kind=ndjson")).text
    assert len(table.splitlines()) == 2
    assert (await feedback.coordinator.get("/feedback/charts/visite")).status_code == 200
    assert LINK in (await feedback.coordinator.get("/feedback/forms")).text, "its page stays, to propose it again"
    await feedback.coordinator.decide(f"{PAGE}/restore")
    await publish(feedback)
    assert offered(feedback, "forms/visite")


async def test_an_import_does_not_bring_a_withdrawn_form_back(feedback: FeedbackConsole) -> None:
    await feedback.coordinator.decide(f"{PAGE}/withdraw")
    await feedback.inbox_site.site.publish(FILES)
    assert not offered(feedback, "forms/visite")


async def test_a_form_without_a_name_gets_the_workbooks_own_and_asks_first(feedback: FeedbackConsole) -> None:
    rows: list[list[object]] = [["type", "name", "label"], ["text", "a", "Quoi ?"]]
    cases: dict[str, list[list[object]]] = {
        "puits-nord": [["form_title", "form_id"], ["Des puits", "Puits du Nord"]],
        "puits-du-nord": [["form_title", "form_id"], ["Des puits", "puits_du_nord"]],
        "eau-potable": [["form_title"], ["L’eau potable"]],
    }
    for slug, settings in cases.items():
        data = workbook({"survey": rows, "settings": settings})
        asked = await feedback.coordinator.decide("/feedback/forms", {"slug": ""}, files={"file": ("x.xlsx", data)})
        assert asked.status_code == 200
        assert re.search(rf'name="slug" type="text" value="{slug}"', asked.text), slug
        kept = await feedback.coordinator.decide(
            "/feedback/forms", {"slug": slug, "clean_copy": clean_copy(asked.text)}
        )
        assert kept.headers["location"] == f"/console/feedback/forms/{slug}"


async def test_a_form_is_replaced_only_when_its_author_was_asked(feedback: FeedbackConsole) -> None:
    rows: list[list[object]] = [["type", "name", "label"], ["text", "paroles", "Quoi de neuf ?"]]
    data = workbook({"survey": rows, "settings": [["form_title"], ["La visite d’hiver"]]})
    asked = await feedback.coordinator.decide("/feedback/forms", {"slug": "visite"}, files={"file": ("v.xlsx", data)})
    assert "Il remplace « Visite »" in html.unescape(asked.text)
    fields = {"slug": "visite", "clean_copy": clean_copy(asked.text)}
    again = await feedback.coordinator.decide("/feedback/forms", fields)
    assert again.status_code == 200 and "Il remplace" in again.text, "a page that asked about another name"
    assert "La visite d’hiver" not in html.unescape((await feedback.coordinator.get("/feedback/forms")).text)
    kept = await feedback.coordinator.decide("/feedback/forms", {**fields, "replaced": "visite"})
    assert kept.status_code == 303
    page = html.unescape((await feedback.coordinator.get(PAGE)).text)
    assert "La visite d’hiver" in page and "À publier" in page


async def test_the_same_file_again_changes_nothing_and_asks_nothing(feedback: FeedbackConsole) -> None:
    tables = io.BytesIO(FILES["forms/visite.md"].encode())
    answer = await feedback.coordinator.decide("/feedback/forms", {"slug": "visite"}, files={"file": ("v.md", tables)})
    assert answer.status_code == 303
    assert "Publié" in (await feedback.coordinator.get(PAGE)).text


async def test_each_phone_has_its_last_day_and_count(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    await feedback.inbox_site.enrolled(2, "ABCDE01232")
    form = feedback.inbox_site.forms["visite"]
    lines = [phone.fill(form, VISIT_ANSWERS, place="ML-5", day=day).line for day in ("2026-11-23", "2026-11-24")]
    await feedback.inbox_site.send(*lines)
    await feedback.catch_up()
    page = (await feedback.coordinator.get("/devices")).text
    cells = re.findall(r'<td data-label="Envois">(\d+)</td>\s*<td data-label="Le dernier">([^<]+)</td>', page)
    assert cells == [("2", "24 novembre 2026"), ("0", "—")]


async def test_a_revoked_phone_is_told_when_it_asks(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    client = feedback.inbox_site.client
    body = {"device": phone.device}
    assert (await client.post("/devices/state", json=body)).json() == {"device": phone.device, "until": "2027-11-24"}
    await feedback.coordinator.decide(f"/devices/{phone.device}/revoke")
    assert (await client.post("/devices/state", json=body)).json()["revoked"] == "2026-11-24"
    assert (await client.post("/devices/state", json={"device": "x" * 43})).status_code == 404
    assert (await client.post("/devices/state", json={"device": "../x"})).status_code == 400


def clean_copy(page: str) -> str:
    [text] = re.findall(r'name="clean_copy" value="([^"]*)"', page)
    return html.unescape(text)
