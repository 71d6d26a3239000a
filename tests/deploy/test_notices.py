"""The notices: every package, its licence and its texts, each text once, and what a giver of copies owes."""

from __future__ import annotations

import re
from pathlib import Path

from deploy.release import notices
from deploy.release.served_packages import ServedPackage, read_served_packages

SERVED = read_served_packages()
WRITTEN = notices.write_notices(SERVED)


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_package_stands_there_with_its_texts() -> None:
    rows = dict(re.findall(r"^(?:npm  |pypi )(\S+ \S+): (.+)$", WRITTEN, re.MULTILINE))
    texts = {number: words(text) for number, text in re.findall(r"\n\[(\d+)\]\n\n(.*?)\n-{100}\n", WRITTEN, re.DOTALL)}
    assert len(rows) == len(SERVED)
    for package in SERVED:
        shown = {texts[number] for number in re.findall(r"\[(\d+)\]", rows[f"{package.name} {package.version}"])}
        assert {words(text) for text in package.texts} <= shown


def test_each_text_stands_there_once_however_it_is_spaced() -> None:
    text = "Permission is hereby granted,\nfree of charge"
    packages = [
        ServedPackage("npm", "one", "1", "MIT", (text,)),
        ServedPackage("npm", "two", "1", "MIT", ("  " + text.replace("\n", "\r\n\t ") + "\n\n",)),
        ServedPackage("npm", "three", "1", "MIT", (text + " for all",)),
    ]
    assert len(notices.number_texts(packages)) == 2
    assert notices.write_notices(packages).count("Permission is hereby granted") == 2
    all_texts = [words(text) for _, text in notices.number_texts(SERVED).values()]
    assert len(set(all_texts)) == len(all_texts)


def test_whoever_hands_on_the_sound_library_reads_what_they_owe() -> None:
    told = words(WRITTEN[: WRITTEN.index("\nPackages\n")])
    assert "owes those who get it the complete corresponding source" in told
    assert "libx264, libx265" in told
    assert "This product includes software developed by David Giffin <david@giffin.org>." in told
    assert "GNU GENERAL PUBLIC LICENSE Version 3" in words(WRITTEN)
    assert "GNU LESSER GENERAL PUBLIC LICENSE Version 3" in words(WRITTEN)


def test_no_such_duty_is_invented_where_the_library_is_not_inside() -> None:
    assert "x264" not in notices.write_notices([ServedPackage("pypi", "av", "1", "BSD-3-Clause", ("text",))])


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    assert notices.main([str(tmp_path / "NOTICES.txt")]) == 0
    assert (tmp_path / "NOTICES.txt").read_text("utf-8") == WRITTEN
