"""Forms in pages: the parts joined are the form; what readers do not need stands apart from their feed."""

from __future__ import annotations

import json
import re

from sync.alerts.library_with_alerts import Library
from sync.documents.model import FormDocument
from sync.editions.manifest import build_manifest
from sync.editions.page import BODY_LIMIT, Page, digests_apart
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.rendering.render import Assets, render
from tests.support.xlsforms import q, xlsform

PART = re.compile(r'<script type="application/json" data-part=(\d+)>(.*?)</script>', re.DOTALL)


def library(*survey: dict[str, str], choices: str = "", audience: str = "public", **settings: str) -> Library:
    text = xlsform(*survey, choices=choices, settings={"audience": audience, "sealed": "no"} | settings)
    return Library(forms={"essai": FormDocument("essai", "fr", "Essai", text.strip())})


def pages(content: Library, recovery: str = "") -> dict[str, Page]:
    return {
        page.path: page for page in render(content, "fr-ML", Assets(recovery=recovery)) if page.path.startswith("forms")
    }


def read(form_pages: dict[str, Page]) -> Form:
    """Join the form's pages as a phone does."""
    head = form_pages["forms/essai"].body
    count = int(re.findall(r"data-parts=(\d+)", head)[0])
    bodies = [head, *(form_pages[f"forms/essai/{number}"].body for number in range(2, count + 1))]
    parts = [part for body in bodies for part in PART.findall(body)]
    assert [number for number, _ in parts if number != "1"] == [str(number) for number in range(2, count + 1)]
    form = Form(json.loads("".join(text for _, text in parts)))
    assert f"data-version={form.version}" in head.replace('"', "")
    return form


def test_a_small_form_is_one_page() -> None:
    content = library(q("text", "a", "Qu’est-ce qu’on dit ? moins de < 3 &#39; &amp; plus"))
    form_pages = pages(content)
    assert set(form_pages) == {"forms", "forms/essai"}
    assert read(form_pages).version == Form(compile_document(content.forms["essai"])).version


def test_a_large_form_is_several_pages_each_within_the_limit() -> None:
    content = library(*(q("text", f"q{n}", f"Question {n} : " + "mot " * 40, hint="aide " * 30) for n in range(120)))
    form_pages = pages(content)
    assert len(form_pages) > 3
    assert all(len(page.body.encode()) <= BODY_LIMIT for page in form_pages.values())
    assert read(form_pages).version == Form(compile_document(content.forms["essai"])).version


def test_one_changed_question_changes_one_page_and_the_version() -> None:
    many = [q("text", f"q{n}", f"Question {n} : " + "mot " * 40) for n in range(120)]
    before = pages(library(*many))
    after = pages(library(*many[:100], q("text", "q100", "Autre chose : " + "mot " * 40), *many[101:]))
    changed = [path for path in before if before[path].body != after[path].body]
    assert len(changed) == 2
    assert "forms/essai" in changed


def test_a_sealed_form_is_shown_only_with_a_recovery_key() -> None:
    content = library(q("text", "nom", "Quel est votre nom ?"), sealed="yes")
    assert pages(content) == {}
    assert "data-recovery=CLE" in pages(content, "CLE")["forms/essai"].body.replace('"', "")


def feed_paths(form_pages: dict[str, Page]) -> list[str]:
    return [entry.path for entry in build_manifest(form_pages.values()).entries]


def test_a_form_for_enrolled_phones_stands_apart_from_the_readers_feed() -> None:
    many = [q("text", f"q{n}", f"Question {n} : " + "mot " * 40) for n in range(120)]
    form_pages = pages(library(*many, audience="device"))
    assert feed_paths(form_pages) == ["forms", "forms/essai"]
    head = form_pages["forms/essai"].body
    assert len(head.encode()) < 1500, "title, the app's element and the parts' names"
    apart = [page for page in form_pages.values() if page.part == "apart"]
    assert digests_apart(head) == [page.digest for page in apart]
    assert len(apart) > 1
    assert read(form_pages).version == Form(compile_document(library(*many, audience="device").forms["essai"])).version


def test_only_the_long_list_of_a_public_form_stands_apart() -> None:
    villages = "\n".join(f"village v{n} Village-{n}" for n in range(600))
    content = library(
        q("select_one zone", "z"), q("select_one village", "v"), choices=f"{villages}\nzone nord Nord\nzone sud Sud"
    )
    form_pages = pages(content)
    assert feed_paths(form_pages) == ["forms", "forms/essai"]
    head = form_pages["forms/essai"].body
    assert "Nord" in head and "Village-1" not in head
    assert read(form_pages).version == Form(compile_document(content.forms["essai"])).version


def test_a_changed_village_changes_one_part_apart() -> None:
    def with_village(name: str) -> dict[str, Page]:
        rows = [f"village v{n} Village-{n}" for n in range(900)]
        rows[700] = f"village v700 {name}"
        return pages(library(q("select_one village", "v"), choices="\n".join(rows)))

    before, after = with_village("Nara"), with_village("Kita")
    assert len([path for path in before if before[path].body != after[path].body]) == 2
