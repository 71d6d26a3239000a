"""Forms in pages: the parts joined are the form; a sealed form needs a recovery key."""

from __future__ import annotations

import json
import re

from sync.alerts.library_with_alerts import Library
from sync.documents.model import FormDocument
from sync.editions.page import BODY_LIMIT, Page
from sync.forms.compiled_form import Form
from sync.forms.form_document import compile_document
from sync.rendering.render import Assets, render
from tests.support.xlsforms import q, xlsform

PART = re.compile(r'<script type="application/json" data-part=(\d+)>(.*?)</script>', re.DOTALL)


def library(*survey: dict[str, str], **settings: str) -> Library:
    text = xlsform(*survey, settings=settings)
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
    parts = [PART.findall(body) for body in bodies]
    assert [[number for number, _ in part] for part in parts] == [[str(number)] for number in range(1, count + 1)]
    form = Form(json.loads("".join(text for [(_, text)] in parts)))
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
    content = library(q("text", "nom", "Quel est votre nom ?"))
    assert pages(content) == {}
    assert "data-recovery=CLE" in pages(content, "CLE")["forms/essai"].body.replace('"', "")
