"""`kunnafoni print`: pages on paper, whole, on one or two sheets, with a code that leads back to the page."""

from __future__ import annotations

import io
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import anyio
import pypdf
import pytest

from server.commands.print_pages import CSS, FONT_SIZES, MAX_PAGES, PrintJob, choose_jobs, print_job
from server.inbox.enrolment_sheet import draw_qr_svg
from server.web.pdf_printer import PdfPrinter
from sync.editions.feed import Edition
from sync.editions.page import Page
from sync.editions.print_document import Paper, PrintSource, PrintWords, find_pictures, write_printed_pages
from sync.errors import NotFound, Unavailable
from tests.support.qr_codes import SIZE, read_code
from tests.support.sample_library import pages
from tests.support.server_process import invoke_command
from tests.support.site_texts import library
from tests.support.small_site import running_site
from tests.vectors import make_packs

URL = "https://kunnafoni.example"
PATH = "complaints/personal-data"
LETTER = f"{PATH}/authority"
A4, A5 = (595, 842), (420, 595)  # points


@pytest.fixture(scope="module")
def printed() -> tuple[Edition, PrintSource]:
    """The pages of the repository's content for Mali."""
    bodies = pages(library())
    edition = make_packs.edition([Page(path, body, "first") for path, body in bodies.items()], 1)
    return edition, PrintSource("fr-ML", URL, bodies, draw_qr_svg, CSS.read_text("utf-8"))


def test_the_longest_guide_a_path_its_letter_and_a_notice_are_whole_on_one_or_two_sheets(
    printed: tuple[Edition, PrintSource],
) -> None:
    edition, source = printed
    longest = [max(paths_of(source, kind), key=lambda path: len(source.bodies[path])) for kind in ("guides", "notices")]
    for path in (*longest, PATH, LETTER):
        sheet, count = print_pages(edition, source, PrintJob(path, Paper.SHEET, [path]))
        assert (path, count) in ((path, 1), (path, 2))
        assert size_of(sheet) == A4
        text = squeeze("".join(page.extract_text() for page in sheet.pages))
        missing = [passage for passage in passages(source.bodies[path]) if passage not in text]
        assert missing == [], path
        assert squeeze(f"{URL}/fr-ML/{path}") in text
        assert squeeze("Pages du 24 novembre 2026") in text


def test_the_poster_is_one_sheet_and_the_booklet_holds_the_essentials(printed: tuple[Edition, PrintSource]) -> None:
    edition, source = printed
    poster, booklet = list(choose_jobs(edition, source, (), True, True))
    sheet, count = print_pages(edition, source, poster)
    assert (count, size_of(sheet)) == (1, A4)
    assert all(passage in squeeze(sheet.pages[0].extract_text()) for passage in passages(source.bodies["danger"]))
    few = PrintJob("booklet", Paper.BOOKLET, list(booklet.paths)[:3])
    assert few.paths[0] == "danger"
    folded, count = print_pages(edition, source, few)
    assert count >= 4, "a cover, and each page of the site begins one of its own"
    assert size_of(folded) == A5
    cover = squeeze(folded.pages[0].extract_text())
    assert all(squeeze(source.bodies[path].partition("\n")[0]) in cover for path in few.paths)


def test_the_code_leads_to_the_page(printed: tuple[Edition, PrintSource]) -> None:
    _, source = printed
    text = write_printed_pages(source, Paper.SHEET, [PATH], PrintWords("fr", "ltr", ""), 10)
    drawing = re.search(r'<div class=code><svg[^>]*><path[^>]* d="([^"]+)"', text)
    assert drawing
    assert read_code(dark_squares(drawing[1])) == f"{URL}/fr-ML/{PATH}"


def test_pictures_stand_in_the_text_and_what_needs_a_phone_is_left_out() -> None:
    body = (
        "A\n<a rel=up href=..>Guides</a><h1>A</h1>"
        "<p><a data-feature=media data-bytes=9 href=/media/pic.webp>La carte</a>"
        "<p><a data-feature=media href=/media/voice.opus>Écouter</a>"
        "<a class=go href=b>Plus</a><form><label>Chercher</label><input></form>"
        '<a class=go href="tel:17">Appeler le 17</a><details><summary>Sources</summary>Un &amp; deux</details>'
    )
    source = PrintSource(
        "fr-ML", URL, {"_shell": "", "guides/a": body}, draw_qr_svg, "", {"pic.webp": "data:image/webp;base64,AA"}
    )
    text = write_printed_pages(source, Paper.SHEET, ["guides/a"], PrintWords("fr", "ltr", "<1>"), 10)
    assert find_pictures(source.bodies) == {"pic.webp", "voice.opus"}
    assert '<span class=picture><img src="data:image/webp;base64,AA" alt="">La carte</span>' in text
    assert "Appeler le 17</a><details open><summary>Sources</summary>Un &amp; deux</details>" in text
    assert not re.search("Guides|Écouter|Plus|Chercher|<1>", text)


def test_the_command_writes_files_and_names_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def publish() -> None:
        async with running_site(tmp_path):
            pass

    anyio.run(publish)
    out = tmp_path / "paper"
    said = invoke_command(tmp_path, "print", str(out), "--channel", "fr-ML", "--page", "guides/argent")
    assert said == "fr-ML/guides/argent.pdf : 1 page\n"
    assert [file.relative_to(out).as_posix() for file in out.rglob("*.pdf")] == ["fr-ML/guides/argent.pdf"]
    with pytest.raises(NotFound, match="page-unknown"):
        invoke_command(tmp_path, "print", str(out), "--channel", "fr-ML", "--page", "guides/autre")
    with pytest.raises(NotFound, match="channel-unknown"):
        invoke_command(tmp_path, "print", str(out), "--channel", "ff-SN")
    monkeypatch.setattr("server.commands.print_pages.PdfPrinter", lambda: PdfPrinter(None))
    with pytest.raises(Unavailable, match="chromium-missing"):
        invoke_command(tmp_path, "print", str(out))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_guide_notice_path_and_letter_fits_on_two_sheets(printed: tuple[Edition, PrintSource]) -> None:
    edition, source = printed
    jobs = [job for job in choose_jobs(edition, source, (), False, False) if job.kind is Paper.SHEET]
    assert len(jobs) > 100
    counts = {job.name: print_pages(edition, source, job)[1] for job in jobs}
    assert {name: count for name, count in counts.items() if count > MAX_PAGES[Paper.SHEET]} == {}


def test_type_never_becomes_too_small_to_read() -> None:
    assert min(size for sizes in FONT_SIZES.values() for size in sizes) >= 7.5


def print_pages(edition: Edition, source: PrintSource, job: PrintJob) -> tuple[pypdf.PdfReader, int]:
    pdf, count = anyio.run(print_job, PdfPrinter(), edition, source, job)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == count
    return reader, count


def size_of(reader: pypdf.PdfReader) -> tuple[int, int]:
    box = reader.pages[0].mediabox
    return round(box.width), round(box.height)


def squeeze(text: str) -> str:
    """Letters and digits alone: lines, hyphens and ligatures of a print do not count."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def passages(body: str) -> list[str]:
    """The texts of a page that paper has to hold, squeezed."""
    reader = _Passages()
    reader.feed(body.partition("\n")[2])
    reader.close()
    return [text for text in map(squeeze, reader.texts) if text]


class _Passages(HTMLParser):
    """Texts outside links that act, which only a phone has."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._is_out = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._is_out = self._is_out or (tag == "a" and (values.get("rel") == "up" or values.get("class") == "go"))

    def handle_endtag(self, tag: str) -> None:
        self._is_out = self._is_out and tag != "a"

    def handle_data(self, data: str) -> None:
        if not self._is_out:
            self.texts.append(data)


def dark_squares(path: str) -> set[tuple[int, int]]:
    """(column, row) of the dark squares of a drawing by segno: lines from left to right, one row after the other."""
    squares: set[tuple[int, int]] = set()
    column, row = 0.0, 0.0
    for command, arguments in re.findall(r"([Mmh])([-\d. ]+)", path):
        numbers = [float(number) for number in arguments.split()]
        if command == "h":
            squares |= {(int(column) + step - 2, int(row) - 2) for step in range(int(numbers[0]))}
            column += numbers[0]
        else:
            column, row = numbers if command == "M" else (column + numbers[0], row + numbers[1])
    assert all(0 <= place < SIZE for square in squares for place in square)
    return squares


def paths_of(source: PrintSource, kind: str) -> list[str]:
    return [path for path in source.bodies if path.startswith(f"{kind}/")]
