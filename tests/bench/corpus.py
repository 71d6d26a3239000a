"""300 real French how-to texts from Debian's documentation packages, as content folders, and the same after a week's
edits.

`ready()` fetches and converts them once into build/corpus (ignored by git); `python -m tests.bench.corpus` does only
that. v1 is the state a new phone downloads; v2 follows a week of an editor's ordinary work: 3 typing errors mended, 2
passages rewritten, 1 guide new, 1 withdrawn.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from markdownify import markdownify

from tests.support.repository import ROOT

FOLDER = ROOT / "build" / "corpus"
SOURCES = {
    "debian-reference-fr": "usr/share/debian-reference/ch*.fr.html",
    "maint-guide-fr": "usr/share/doc/maint-guide-fr/html/*.html",
    "developers-reference-fr": "usr/share/developers-reference/fr/*.html",
}
TEXTS = 300
SPARE = 3  # texts beyond them: a new guide, two passages for the rewritten ones
SHORTEST, LONGEST = 1_100, 12_000  # bytes of a text that reads like a guide
TOPICS = 12  # so that no list outgrows a page


@dataclass(frozen=True, slots=True)
class Text:
    slug: str
    title: str
    topic: str
    body: str


def prepare_corpus() -> Path:
    """The folder with v1 and v2, made on first use. Raises RuntimeError if Debian's packages cannot be fetched."""
    folder = FOLDER / f"made-{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        corpus = list(islice(texts(), TEXTS + SPARE))
        if len(corpus) < TEXTS + SPARE:
            raise RuntimeError(f"Debian's documentation gave {len(corpus)} texts; the budgets are measured on {TEXTS}.")
        before, (new, *passages) = corpus[:TEXTS], corpus[TEXTS:]
        write(FOLDER / "v1", before)
        write(FOLDER / "v2", [*edited(before, passages), new])
        folder.touch()
    return FOLDER


def texts() -> Iterator[Text]:
    """Every section of a guide's size, in the packages' order."""
    number = 0
    for package, pattern in SOURCES.items():
        for page in sorted(download_package(package).glob(pattern)):
            for title, body in sections(page.read_text("utf-8")):
                yield Text(f"texte-{number:04d}", title, f"partie-{number % TOPICS + 1:02d}", body)
                number += 1


def download_package(package: str) -> Path:
    """The folder of the package's files; downloads and unpacks them if it is missing."""
    target = FOLDER / "packages" / package
    if target.exists():
        return target
    work = FOLDER / "download"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    download = ["apt-get", "-o", "APT::Sandbox::User=root", "download", package]
    if not run(download, work):
        update = ["apt-get", "update"]
        if os.geteuid() != 0 or not (run(update, work) and run(download, work)):
            raise RuntimeError(f"{package} could not be downloaded. Run this, then try again: sudo apt-get update")
    (deb,) = work.glob("*.deb")
    if not run(["dpkg-deb", "-x", str(deb), str(work / "files")], work):
        raise RuntimeError(f"{deb.name} could not be unpacked.")
    target.parent.mkdir(parents=True, exist_ok=True)
    (work / "files").rename(target)
    return target


def run(command: list[str], folder: Path) -> bool:
    if shutil.which(command[0]) is None:
        raise RuntimeError(f"The texts come from Debian's packages and {command[0]} is not here.")
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def sections(html: str) -> Iterator[tuple[str, str]]:
    """Title and Markdown of each section without the sections inside it."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select("script, style, img, table, .indexterm, .headerlink, .navheader, .navfooter, .toc"):
        element.decompose()
    inner = "section, div.section, div.sect1, div.sect2, div.chapter"
    # Innermost first: what is taken out of its parent has already been read.
    pairs = [(section, own_text(section)) for section in reversed(soup.select(inner))]
    for _, (title, body) in reversed(pairs):
        if title and SHORTEST <= len(body.encode()) <= LONGEST:
            yield title, body


def own_text(section: Tag) -> tuple[str, str]:
    heading = section.find(re.compile("^h[1-6]$"))
    title = ""
    if isinstance(heading, Tag):
        title = re.sub(r"^[\d.\s]+", "", " ".join(heading.get_text().split()))[:110]
        heading.decompose()
    body = markdownify(str(section), heading_style="ATX", strip=["a", "span", "section"], escape_misc=True)
    section.decompose()
    body = re.sub(r"[ \t]+\n", "\n", body)
    return title, re.sub(r"\n{3,}", "\n\n", body).strip()


def edited(before: list[Text], passages: list[Text]) -> list[Text]:
    """A week's edits at fixed positions. A new passage is prose of the same length from a text outside the corpus."""
    after = list(before)
    for index in (10, 77, 150):
        after[index] = replace(after[index], body=after[index].body.replace(" de ", " d’un ", 1))
    for index, other in zip((33, 120), passages, strict=True):
        old, *rest = after[index].body.split("\n\n")
        new = " ".join(other.body.split())[: len(old)]
        after[index] = replace(after[index], body="\n\n".join([new, *rest]))
    del after[200]
    return after


def write(folder: Path, corpus: list[Text]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for text in corpus:
        place = folder / "guides" / text.slug
        place.mkdir(parents=True)
        summary = " ".join(re.sub(r"[*_`#>|\\\[\]]", "", text.body.split("\n\n")[0]).split())[:160]
        head = {"title": text.title, "summary": summary, "topics": [text.topic], "updated": "2026-11-01"}
        front = "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items())
        (place / "fr.md").write_text(f"---\n{front}\n---\n{text.body}\n", "utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{prepare_corpus()}\n")
