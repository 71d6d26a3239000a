"""Submissions by answer and by place: the list, its totals, its map and what leaves show the same ones."""

from __future__ import annotations

import html
import re

import pytest

from server.accounts.account import Role
from server.console.feedback.place_map import count_regions, draw_regions
from server.inbox.submission_index import SubmissionFilter
from sync.content.stored import library_from_store
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import SITE
from tests.support.phone_simulator import PhoneSimulator
from tests.support.xlsforms import q, xlsform

pytestmark = pytest.mark.anyio

WATER = xlsform(
    q("text", "mot", "Un mot ?"),
    q("select_one etat", "puits", "Le puits ?"),
    q("begin repeat", "visites", "Visite"),
    q("select_multiple etat", "vus", "Les puits vus ?"),
    q("end repeat", ""),
    choices="etat sec À sec\netat plein Plein",
    settings={"form_title": "Eau", "form_id": "eau", "audience": "public", "sealed": "no"},
)
ANSWERS = (
    {"mot": "un", "puits": "sec", "visites": [{"vus": ["plein"]}]},
    {"mot": "deux", "puits": "plein", "visites": [{}, {"vus": ["sec", "plein"]}]},
    {"mot": "trois", "puits": "sec"},
)
PLACES = ("ML-1", "ML-11", "")


@pytest.fixture
async def water(feedback: FeedbackConsole) -> FeedbackConsole:
    """A site to which three people wrote about water."""
    site = feedback.inbox_site
    await site.site.publish({"forms/eau.md": WATER})
    form = Form(compile_document((await library_from_store(site.site.services.store)).forms["eau"]))
    phone = PhoneSimulator(SITE, 7)
    for answers, place in zip(ANSWERS, PLACES, strict=True):
        [verdict] = await site.send(phone.fill(form, answers, place=place).line)
        assert "receipt" in verdict, verdict
    await feedback.catch_up()
    return feedback


async def test_an_answer_filters_the_list_the_totals_and_what_leaves(water: FeedbackConsole) -> None:
    page = (await water.coordinator.get("/feedback/list?form=eau")).text
    assert '<optgroup label="Le puits ?"><option value="puits=sec">À sec</option>' in page
    words = {"puits=sec": {"un", "trois"}, "vus=sec": {"deux"}, "vus=plein": {"un", "deux"}, "puits=x": set()}
    for answer, expected in words.items():
        page = (await water.coordinator.get(f"/feedback/list?form=eau&answer={answer}")).text
        assert f"Envois : {len(expected)} " in page, answer
        [link] = re.findall(r'href="/console(/feedback/export[^"]*kind=ndjson)"', page)
        table = (await water.coordinator.get(html.unescape(link))).text
        assert set(re.findall(r'"mot":"(\w+)"', table)) == expected
        charts = await water.coordinator.get(f"/feedback/charts/eau?answer={answer}")
        assert f"Envois : {len(expected)}<" in charts.text


async def test_what_arrives_or_goes_changes_the_totals(water: FeedbackConsole) -> None:
    site = water.inbox_site.site
    assert "Envois : 3<" in (await water.coordinator.get("/feedback/charts/eau")).text
    [first, *_] = await site.services.submission_index.find(SubmissionFilter(form="eau"))
    await water.coordinator.decide(f"/feedback/one/{first.id}/erase")
    await water.catch_up()
    assert "Envois : 2<" in (await water.coordinator.get("/feedback/charts/eau")).text


async def test_the_map_counts_by_region_and_leads_to_its_list(water: FeedbackConsole) -> None:
    page = (await water.coordinator.get("/feedback/map?form=eau")).text
    assert "Envois : 3 · 1 sans lieu connu" in page
    rows = re.findall(r'<a href="/console(/feedback/list[^"]*)">([^<]+)</a></th><td>(\d+)</td>', page)
    assert [(name, count) for _, name, count in rows] == [("Kayes", "1"), ("Bougouni", "1")]
    listed = (await water.coordinator.get(html.unescape(rows[1][0]))).text
    assert "Envois : 1 " in listed
    assert page.count("<path") >= 2 and "<script" not in page.partition("<main")[2].partition("</main")[0]
    narrowed = (await water.coordinator.get("/feedback/map?form=eau&answer=puits=plein")).text
    assert "Envois : 1<" in narrowed and "Kayes" not in narrowed.partition("<table")[2]


async def test_an_analyst_gets_neither_map_nor_filter(water: FeedbackConsole) -> None:
    analyst = await water.console_site.person(Role.ANALYST)
    assert (await analyst.get("/feedback/map?form=eau")).status_code == 403
    answers = [await analyst.get(f"/feedback/charts/eau{query}") for query in ("", "?answer=puits=sec")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({re.sub('csrf" value="[^"]*', "", answer.text) for answer in answers}) == 1


def test_a_place_counts_for_its_region_and_an_unknown_one_for_nothing() -> None:
    names = {"ML": "Mali", "ML-5": "Mopti"}
    counts = count_regions(["ML-5", "ML-5-2", "ML-9", "XX-1", ""], names)
    assert counts == {"ML-5": 2, "ML": 1}


def test_the_region_with_most_is_the_darkest_and_one_with_none_is_empty() -> None:
    drawing = draw_regions(["ML-1", "ML-5", "ML-6"], {"ML-1": 1, "ML-5": 9})
    shapes = re.findall(r"<path[^>]*>", drawing)
    shades = [
        float(shade) for shape in shapes if "#1565c0" in shape for shade in re.findall(r'opacity="([\d.]+)"', shape)
    ]
    assert max(shades) == 1 and min(shades) < 0.5
    assert any('fill="none"' in shape for shape in shapes)
    assert draw_regions(["XX-1"], {}) == ""
