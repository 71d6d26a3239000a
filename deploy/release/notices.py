"""The notices of a release: every package that is served, under which licence, and each licence's text once.

    python -m deploy.release.notices [FILE]

`make notices` writes build/NOTICES.txt; the image holds one of its own, of the packages that are in it.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from deploy.release.licence_tables import EXCEPTIONS, licence_of
from deploy.release.served_packages import ROOT, TEXTS, NotInstalled, ServedPackage, read_served_packages

COPYLEFT_LIBRARIES = ("libavcodec", "libx264", "libx265")  # in the wheel of av
COPYLEFT_TEXTS = ("GPL-3.0.txt", "LGPL-3.0.txt")
RULE = "-" * 100

OPENING = """\
Notices

Kunnafoni is free software under the GNU Affero General Public License, version 3 or later (the file LICENSE); its
content is under CC BY 4.0. It is served together with the packages below, which belong to their authors. "npm" are in
the app that phones load, "pypi" run on the server. What was not installed by Kunnafoni's own locks (Python itself, the
system, front servers, CouchDB) has notices of its own."""

FFMPEG = """\
The package av ({version}) carries FFmpeg as a compiled library, and with it x264 and x265. These two are under the
GNU GPL, version 2 or later, and FFmpeg is built here with parts under version 3: taken together, they are under the GNU
GPL, version 3 or later, whose text stands below with that of the LGPL. Whoever hands on a copy of this program with
that package inside (an image, a disk, a folder with .venv) owes those who get it the complete corresponding source of
these libraries, with the scripts that build them, beside the copy or by a written offer (section 6 of the GPL). The
makers of av build them with the recipe PyAV-Org/pyav-ffmpeg, which names each library's version and patches. Whoever
installs the package from the index, as `make serve` does, gets it from its makers and hands on nothing. Libraries
inside: {libraries}."""

COMPILED = """\
Some packages of Python carry compiled libraries or crates besides those of av. What their own bills of materials say of
them stands in the bill of materials of this release (make sbom), under each package. Where a package gives the texts of
what it carries, they stand below; where it gives none, they are in the sources of that library."""


def write_notices(packages: Iterable[ServedPackage]) -> str:
    """The whole file as text."""
    packages = list(packages)
    texts = number_texts(packages)
    lines = [OPENING, "", *_what_to_know(packages), "", RULE, "Packages", RULE, ""]
    for package in packages:
        numbers = " ".join(f"[{texts[_key(text)][0]}]" for text in _texts_of(package))
        lines.append(f"{package.ecosystem:5}{package.name} {package.version}: {licence_of(package)} {numbers}".rstrip())
    lines += ["", RULE, "Texts", RULE]
    for number, text in texts.values():
        lines += ["", f"[{number}]", "", text.strip("\n"), "", RULE]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


def number_texts(packages: Iterable[ServedPackage]) -> dict[str, tuple[int, str]]:
    """Numbers and texts by their words: texts that differ in white space alone are one."""
    texts: dict[str, tuple[int, str]] = {}
    for package in packages:
        for text in _texts_of(package):
            texts.setdefault(_key(text), (len(texts) + 1, text))
    return texts


def _key(text: str) -> str:
    return " ".join(text.split())


def _texts_of(package: ServedPackage) -> list[str]:
    added = COPYLEFT_TEXTS if _carries_copyleft(package) else ()
    return [*package.texts, *((TEXTS / name).read_text("utf-8") for name in added)]


def _carries_copyleft(package: ServedPackage) -> bool:
    return any(library.startswith(COPYLEFT_LIBRARIES) for library in package.libraries)


def _what_to_know(packages: list[ServedPackage]) -> list[str]:
    points = []
    for package in packages:
        if _carries_copyleft(package):
            names = ", ".join(dict.fromkeys(library.partition("-")[0] for library in package.libraries))
            points.append(FFMPEG.format(version=package.version, libraries=names))
    points += [EXCEPTIONS[package.name] for package in packages if package.name in EXCEPTIONS]
    points.append(COMPILED)
    filled = [textwrap.fill(" ".join(point.split()), 118) for point in points]
    return [RULE, "To know before handing on a copy", RULE, "", "\n\n".join(filled)]


def main(arguments: list[str]) -> int:
    target = Path(arguments[0]) if arguments else ROOT / "build/NOTICES.txt"
    try:
        packages = read_served_packages()
    except NotInstalled as error:
        print(error, file=sys.stderr)
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(write_notices(packages), "utf-8")
    print(f"{target}: {len(packages)} packages, {len(number_texts(packages))} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
