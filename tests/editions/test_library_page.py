"""All pages of an edition as one HTML page: links lead within it, and its pack proves what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sync.editions.edition_statement import Statement, parse_statement
from sync.editions.library_page import LibraryWords, write_library_page
from sync.editions.pack import read_pack, write_pack
from sync.editions.page import Page
from sync.editions.trust import first_trust
from tests.vectors import make_packs

WORDS = LibraryWords("fr", "ltr", "Tout", "Du 1er & 914 ko", "Contenu", "Chercher", "Rien")
PAGES = [
    Page(
        "_shell",
        "<svg hidden><symbol id=i-ear></symbol></svg><style>p{}</style><title><!--title--></title><!--main-->",
        "first",
    ),
    Page("index", 'Accueil\n<a href=guides/a#deux>A</a><a href=check>?</a><a href="tel:17">17</a>', "first"),
    Page(
        "guides/a",
        "A &amp; b\n<svg hidden><symbol id=i-ear><path/></symbol><symbol id=i-eye></symbol></svg><h2 id=deux>Deux</h2>"
        '<a href="b">B</a><a href="#deux">ici</a><script>bad()</script><audio src=/media/x></audio>ɛ &lt;',
    ),
    Page(
        "guides/b",
        "B\n<a class=go data-exit href=/app/table.html>Sortie</a><form autocomplete=off><ul><li>Ville</ul></form>"
        "<footer hidden data-screen=region><a href=#main>Bamako</a></footer>"
        "<svg><symbol id=i-eye></symbol></svg><h2 id=deux>Deux</h2><a href=/fr-ML/>Accueil</a><img src=/media/y>",
    ),
]


def library_page() -> str:
    edition = make_packs.edition(PAGES, 1)
    bodies = [page.body for page in PAGES]
    return write_library_page(edition, {page.path: page.body for page in PAGES}, WORDS, write_pack(edition, bodies))


def test_links_lead_to_pages_of_the_document_and_others_are_none() -> None:
    text = library_page()
    assert "<article id=index><a href=#guides--a..deux>A</a><a>?</a><a href=tel:17>17</a></article>" in text
    assert (
        "<h2 id=guides--a..deux>Deux</h2><a href=#guides--b>B</a><a href=#guides--a..deux>ici</a>ɛ &lt;</article>"
        in text
    )
    assert "<h2>Deux</h2><a href=#index>Accueil</a></article>" in text, "an id that no link names"
    ids = re.findall(r"\bid=\"?([\w.-]+)", text.partition("<script>")[0])
    assert sorted(ids) == sorted(set(ids))


def test_what_works_in_the_app_alone_is_left_out() -> None:
    text = library_page().partition("<!--")[0]
    assert "Accueil</a></article>" in text
    assert "Sortie" not in text and "Ville" not in text and "Bamako" not in text


def test_the_page_says_what_it_is_and_asks_nobody_for_anything() -> None:
    text = library_page()
    assert "<p>Du 1er &amp; 914 ko</p>" in text
    assert "<li><a href=#guides--a>A &amp; b</a>" in text
    assert "default-src 'none'" in text
    assert not re.search(r"src=|bad\(\)|/media/", text.partition("<!--")[0])


def test_its_pack_is_read_like_any_other() -> None:
    seen: list[Statement] = []

    def accept(header: Mapping[str, Any]) -> Statement:
        seen.append(first_trust(header["key"], header["statement"], header["signature"])[1])
        return parse_statement(header["statement"])

    pack = read_pack(library_page(), accept)
    assert seen == [pack.statement]
    assert set(pack.bodies.values()) == {page.body for page in PAGES}
