"""Forms with files beside them: what is missing is asked for on the page, and nothing is kept before it is there."""

from __future__ import annotations

import html
import re

import pytest

from server.media.convert import ConvertedMedia, MediaConverter
from sync.content.stored import library_from_store
from sync.forms.form_document import compile_document
from sync.forms.version import FormJson
from tests.support.console_feedback import FeedbackConsole
from tests.support.form_files_in_place import read_forms_in_place
from tests.support.xlsforms import workbook

pytestmark = pytest.mark.anyio

VILLAGES = b"name,label\nv1,Kayes\nv2,Nara\n"
BOOK = workbook(
    {
        "survey": [
            ["type", "name", "label", "media::image"],
            ["select_one_from_file villages.csv", "village", "Village", "puits.png"],
        ],
        "settings": [["form_title"], ["Puits"]],
    }
)


@pytest.fixture(autouse=True)
def in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read_forms_in_place(monkeypatch)

    async def convert(converter: MediaConverter, kind: str, raw: bytes) -> ConvertedMedia:
        return ConvertedMedia(raw, "webp", width=1, height=1)

    monkeypatch.setattr(MediaConverter, "convert", convert)


async def kept_form(feedback: FeedbackConsole, slug: str) -> FormJson | None:
    document = (await library_from_store(feedback.inbox_site.site.services.store)).forms.get(slug)
    return compile_document(document) if document else None


def clean_copy_in(page: str) -> str:
    [text] = re.findall(r'name="clean_copy" value="([^"]*)"', page)
    return html.unescape(text)


async def test_a_list_that_is_missing_is_asked_for_and_then_kept_in_the_form(feedback: FeedbackConsole) -> None:
    asked = await feedback.coordinator.decide(
        "/feedback/forms", {"slug": "puits"}, files={"file": ("puits.xlsx", BOOK)}
    )
    assert asked.status_code == 200
    assert "<li>villages.csv</li><li>puits.png</li>" in asked.text
    assert await kept_form(feedback, "puits") is None
    fields = {"slug": "puits", "clean_copy": clean_copy_in(asked.text)}
    still = await feedback.coordinator.decide("/feedback/forms", fields)
    assert "<li>villages.csv</li>" in still.text, "an agreement does not replace a list"
    files = [("files", ("villages.csv", VILLAGES)), ("files", ("puits.png", b"image"))]
    kept = await feedback.coordinator.decide("/feedback/forms", fields, files=files)
    assert kept.status_code == 303, kept.text
    form = await kept_form(feedback, "puits")
    assert form and [choice["name"] for choice in form["choices"]["villages"]] == ["v1", "v2"]
    assert form["items"][0]["media"]["image"]["fr"].endswith(".webp")


async def test_a_form_may_go_without_a_picture_when_its_author_says_so(feedback: FeedbackConsole) -> None:
    files = [("file", ("puits.xlsx", BOOK)), ("files", ("villages.csv", VILLAGES))]
    asked = await feedback.coordinator.decide("/feedback/forms", {"slug": "puits"}, files=files)
    assert "<li>puits.png</li>" in asked.text
    fields = {"slug": "puits", "clean_copy": clean_copy_in(asked.text)}
    assert (await feedback.coordinator.decide("/feedback/forms", fields)).status_code == 200
    kept = await feedback.coordinator.decide("/feedback/forms", {**fields, "without": "1"})
    assert kept.status_code == 303
    form = await kept_form(feedback, "puits")
    assert form and "media" not in form["items"][0]


async def test_a_file_of_another_kind_is_refused_by_its_name(feedback: FeedbackConsole) -> None:
    files = [("file", ("puits.xlsx", BOOK)), ("files", ("villages.exe", b"MZ"))]
    refused = await feedback.coordinator.decide("/feedback/forms", {"slug": "puits"}, files=files)
    assert refused.status_code == 422
    assert "villages.exe" in refused.text
