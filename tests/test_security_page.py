"""SECURITY.md: every promise has a mark, every mark names tests, each of them exists and needs what the page says."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache

from tests.support import repository

PAGE = repository.text("SECURITY.md")
MARK = re.compile(r"\[([A-Z][0-9]+)\]")
ROW = re.compile(r"\| ([A-Z][0-9]+|) ?\| `([^`]+)` \| (\w*) ?\|")
REFERENCE = re.compile(r"\b([SPRCFH][0-9]{1,2})\b")
NOT_COVERED = "**Not covered:**"
CONDITIONS = {"REAL_COUCHDB": "CouchDB", "CADDY": "Caddy"}  # names in an `if` around a test, and what they stand for


def read_rows() -> list[tuple[str, str, str]]:
    """Mark, test and need of each row of the tables; a row without a mark has that of the row before."""
    rows: list[tuple[str, str, str]] = []
    for mark, test, need in ROW.findall(PAGE):
        rows.append((mark or rows[-1][0], test, need))
    return rows


ROWS = read_rows()


@cache
def python_tests(path: str) -> dict[str, str]:
    """Needs by the name of each test of a Python file: "" for those that `make test` runs."""
    needs: dict[str, str] = {}

    def collect(body: list[ast.stmt], need: str) -> None:
        for node in body:
            if isinstance(node, ast.If) and isinstance(node.test, ast.Name):
                collect(node.body, CONDITIONS[node.test.id])
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = {ast.unparse(decorator) for decorator in node.decorator_list}
                needs[node.name] = "soak" if "pytest.mark.soak" in marks else need

    module = ast.parse(repository.text(path))
    collect(module.body, "")
    return needs


def find_need(test: str) -> str | None:
    """The need of a named test, such as a CouchDB, or ""; None if it does not exist.

    Tests in TypeScript are named by their titles.
    """
    path, *names = test.split("::")
    if path not in repository.files() or not names:
        return None
    if path.endswith(".py"):
        return python_tests(path).get(names[0]) if len(names) == 1 else None
    titles = set(re.findall(r'\b(?:describe|it)\("([^"]+)"', repository.text(path)))
    return "" if set(names) <= titles else None


def sections() -> dict[str, str]:
    """The page's sections by their headings."""
    _, *parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    return {heading: text for heading, _, text in (part.partition("\n") for part in parts)}


def test_every_named_test_exists() -> None:
    assert [test for _, test, _ in ROWS if find_need(test) is None] == []


def test_a_row_says_what_its_test_needs() -> None:
    assert [(test, find_need(test)) for _, test, need in ROWS if find_need(test) != need] == []


def test_every_row_of_a_table_is_read() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "::" in line]
    assert len(ROWS) == len(lines) > 150
    assert len(set(ROWS)) == len(ROWS)


def test_each_mark_stands_once_in_the_text_and_has_its_tests_in_its_section() -> None:
    marks: list[str] = []
    for text in sections().values():
        in_text = MARK.findall(text)
        in_table = [mark for mark, _, _ in ROW.findall(text) if mark]
        assert in_text == in_table
        marks += in_text
    assert len(set(marks)) == len(marks)
    numbers: dict[str, list[int]] = defaultdict(list)
    for mark in marks:
        numbers[mark[0]].append(int(mark[1:]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_a_point_of_a_section_with_promises_has_a_mark_or_says_that_it_is_none() -> None:
    for heading, text in sections().items():
        if not ROW.search(text) or heading.startswith("What they do not"):
            continue
        points = re.findall(r"^- (.*(?:\n  .*)*)", text, re.MULTILINE)
        assert [point for point in points if not MARK.search(point) and not point.startswith(NOT_COVERED)] == []


def test_the_chapters_of_the_standard_refer_to_marks_that_are_there() -> None:
    chapters = sections()["ASVS 5.0, level 2"]
    assert re.findall(r"^- \*\*V([0-9]+) ", chapters, re.MULTILINE) == [str(number) for number in range(1, 18)]
    assert set(REFERENCE.findall(chapters)) <= {mark for mark, _, _ in ROWS}
