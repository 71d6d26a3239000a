"""Pictograms: one kept set, drawn from one icon set, named in Markdown and drawn once on a page."""

from __future__ import annotations

import re

from sync.documents.markdown import find_links, to_html, to_text
from sync.documents.pictograms import FRAME, PICTOGRAMS, define_used, use
from tests.tools import draw_pictograms
from tests.tools.pictogram_icons import ICONS


def test_the_kept_drawings_are_those_of_the_icon_set() -> None:
    assert draw_pictograms.draw_all() == PICTOGRAMS
    assert draw_pictograms.write_module(PICTOGRAMS) == draw_pictograms.TARGET.read_text("utf-8")


def test_every_shape_of_an_icon_becomes_part_of_one_path() -> None:
    body = (
        '<g><path d="m1.5 2 3 4"/><circle cx="5" cy="6" r="2"/><ellipse cx="9" cy="9" rx="3" ry="1"/>'
        '<rect width="4" height="3" x="1" y="2"/><rect width="8" height="8" x="8" y="10" rx="2"/>'
        '<line x1="1" y1="2" x2="3" y2="4"/><polyline points="1 2 3 4"/><polygon points="1 2 3 4"/></g>'
    )
    assert draw_pictograms.draw(body) == (
        "M1.5 2l3 4M3 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0M6 9a3 1 0 1 0 6 0a3 1 0 1 0-6 0M1 2h4v3h-4z"
        "M10 10h4a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2h-4a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2zM1 2L3 4M1 2 3 4M1 2 3 4z"
    )


def test_numbers_are_short_and_still_stand_apart() -> None:
    assert draw_pictograms.draw('<path d="M17.925 20.056a6 6 0 0 0-11.851.001l.998.502.501"/>') == (
        "M17.93 20.06a6 6 0 0 0-11.85 0l1 .5.5"
    )


def test_a_step_shows_its_picture_and_reads_without_it() -> None:
    step = "1. ![](pictogram:sim) Gardez **votre** carte.\n2. Sans image."
    assert to_html(step, lambda target: None) == (
        '<ol><li class="pic"><svg><use href=#i-sim></use></svg> Gardez <strong>votre</strong> carte.</li>'
        "<li>Sans image.</li></ol>"
    )
    assert to_text(step) == "Gardez votre carte.\nSans image."
    assert [link.target for link in find_links(step)] == ["pictogram:sim"]


def test_an_unknown_name_draws_nothing() -> None:
    for text in ("![](pictogram:nope)", "![](pictogram:../x)", "\ue000nope\ue001"):
        assert "<svg" not in to_html(text, lambda target: None)


def test_a_page_defines_what_its_shell_does_not_each_once() -> None:
    symbols = define_used(f"{use('sim')}{use('sim')}{use('home')}{use('code')}")
    assert re.findall(r"symbol id=i-([a-z-]+)", symbols) == ["code", "sim"]
    assert define_used(str(use("home"))) == ""
    assert FRAME <= PICTOGRAMS.keys() == ICONS.keys()
