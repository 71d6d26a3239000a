"""Questions in people's own words, asked of the server's search and of the phone's, over the site's own content.

    python -m tests.support.search_questions

prints, for both, how many have an acceptable page among the first three, how many of nothing found, and those missed.
The questions and their acceptable pages were written by someone who had not seen the index, before its ranking
changed. Both halves have been read since, and the ranking mended with what they missed: neither is blind any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from server.reader.search_index import SearchIndex
from sync.content.folder import read_folder
from sync.editions.page import Page
from sync.rendering.render import Assets, render
from sync.search.lexicon import LEXICON_PATH, Lexicon
from tests.support import repository
from tests.support.sample_alerts import ALERT

FOLDER = repository.ROOT / "tests" / "reader" / "questions"
FIRST = 3


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    pages: frozenset[str]  # the paths that answer it


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers of one side: questions with an acceptable page among the first, those without, those of nothing."""

    side: str
    right: int
    missed: tuple[tuple[str, tuple[str, ...]], ...]  # the question, what was found first
    empty: tuple[str, ...]

    @property
    def asked(self) -> int:
        return self.right + len(self.missed)


def read_questions(file: Path) -> list[Question]:
    return [Question(row["question"], frozenset(row["pages"])) for row in json.loads(file.read_text("utf-8"))]


@cache
def site_pages(alert: bool = False) -> tuple[Page, ...]:
    """The pages of the demonstration site's French channel of Mali; with an alert in force, if `alert`."""
    library = read_folder(repository.ROOT / "content").library
    if alert:
        library = replace(library, alerts={ALERT.slug: ALERT})
    return tuple(render(library, "fr-ML", Assets()))


def ask_server(questions: Sequence[Question], pages: Sequence[Page]) -> list[list[str]]:
    bodies = {page.path: page.body for page in pages}
    index = SearchIndex(bodies.items(), Lexicon.from_page(bodies.get(LEXICON_PATH, "")))
    return [[result.path for result in index.find(question.text).results] for question in questions]


def ask_phone(questions: Sequence[Question], pages: Sequence[Page]) -> list[list[str]]:
    """The phone's answers: its own search, on Node, over a store with these pages."""
    asked = {
        "pages": [{"path": page.path, "body": page.body} for page in pages],
        "questions": [question.text for question in questions],
    }
    result = subprocess.run(
        ["node", "test/ask.mjs"],
        cwd=repository.ROOT / "pwa",
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def judge(side: str, questions: Sequence[Question], found: Sequence[Sequence[str]]) -> Outcome:
    pairs = list(zip(questions, found, strict=True))
    missed = [(question, paths) for question, paths in pairs if not question.pages & set(paths[:FIRST])]
    return Outcome(
        side,
        len(pairs) - len(missed),
        tuple((question.text, tuple(paths[:FIRST])) for question, paths in missed),
        tuple(question.text for question, paths in pairs if not paths),
    )


def ask_both(questions: Sequence[Question], alert: bool = False) -> list[Outcome]:
    pages = site_pages(alert)
    return [
        judge("phone", questions, ask_phone(questions, pages)),
        judge("server", questions, ask_server(questions, pages)),
    ]


def table(name: str, outcomes: Sequence[Outcome]) -> str:
    rows = [f"| {name} | asked | in the first {FIRST} | nothing found |", "| --- | ---: | ---: | ---: |"]
    rows += [f"| {each.side} | {each.asked} | {each.right} | {len(each.empty)} |" for each in outcomes]
    for each in outcomes:
        rows += [f"  {each.side}: {text} → {', '.join(paths) or 'nothing'}" for text, paths in each.missed]
    return "\n".join(rows)


def main() -> None:
    for file in sorted(FOLDER.glob("*.json")):
        sys.stdout.write(table(file.stem, ask_both(read_questions(file))) + "\n")


if __name__ == "__main__":
    main()
