"""`kunnafoni sources` counts pages, and notes days in content files only when it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.commands import sources
from server.maintenance.link_check import LinkAnswer
from sync.content.checked_days import with_checked_days
from sync.content.folder import read_folder
from sync.documents.sources import sources_in
from sync.errors import Refused

GUIDE = """---
title: Un guide
sources:  # deux pages
  - {title: "Une page", publisher: "Un journal", seen: {how: copy, day: "2026-11-30"}, url: "https://a.example/une"}
  - title: Une autre
    url: https://b.example/deux
    checked: "2026-01-01"
  - title: Sans page
---
Un texte.
"""
SITE = "id: essai\nname: Essai\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "guides/un").mkdir(parents=True)
    (tmp_path / "guides/un/fr.md").write_text(GUIDE, "utf-8")
    (tmp_path / "site.yaml").write_text(SITE, "utf-8")
    return tmp_path


def days(folder: Path) -> list[str]:
    return [source.checked for document in read_folder(folder).documents for source in sources_in(document.value)]


def test_without_a_network_the_sources_are_counted(folder: Path) -> None:
    result = CliRunner().invoke(sources.sources, [str(folder)])
    assert result.exit_code == 0
    assert "3" in result.output
    assert days(folder) == ["", "2026-01-01", ""]


def test_the_page_that_was_checked_longest_ago_is_asked_first(folder: Path) -> None:
    assert sources.addresses_to_check(read_folder(folder).documents) == [
        "https://a.example/une",
        "https://b.example/deux",
    ]


@pytest.mark.parametrize("write", [False, True])
def test_days_are_written_beside_pages_that_answered_and_only_when_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, write: bool
) -> None:
    async def answer(addresses: list[str], _: object) -> list[LinkAnswer]:
        return [LinkAnswer(addresses[0], "answers"), LinkAnswer(addresses[1], "moved", "https://b.example/trois")]

    monkeypatch.setattr(sources, "check_links", answer)
    result = CliRunner().invoke(sources.sources, [str(folder), "--check", *(["--write"] if write else [])])
    assert result.exit_code == 0, result.output
    assert "https://b.example/deux → https://b.example/trois" in result.output
    assert "guides/un/fr.md" in result.output
    first, second, _ = days(folder)
    assert bool(first) is write
    assert second == "2026-01-01"
    assert "# deux pages" in (folder / "guides/un/fr.md").read_text("utf-8")


def test_a_day_replaces_the_former_one_in_both_ways_of_writing() -> None:
    addresses = {"https://a.example/une": "2026-12-01", "https://b.example/deux": "2026-12-02"}
    once = with_checked_days(GUIDE, addresses)
    assert once.count("checked:") == 2
    assert 'url: "https://a.example/une", checked: "2026-12-01"}' in once
    assert '    url: https://b.example/deux\n    checked: "2026-12-02"\n  - title: Sans page' in once
    assert with_checked_days(once, addresses) == once
    assert with_checked_days(GUIDE, {}) == GUIDE


def test_a_file_that_would_say_something_else_stays_as_it_was(folder: Path) -> None:
    path = folder / "guides/un/fr.md"
    odd = GUIDE.replace('title: "Une page", ', 'checked: "2026-01-02", title: "Une page", ')
    path.write_text(odd, "utf-8")
    with pytest.raises(Refused):
        sources.write_days(
            folder, read_folder(folder).documents, [LinkAnswer("https://a.example/une", "answers")], "2026-12-01"
        )
    assert path.read_text("utf-8") == odd
