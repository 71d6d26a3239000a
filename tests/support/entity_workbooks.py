"""Workbooks whose XML asks its reader to fetch something: external entities, parameter entities, XInclude.

    python -m tests.support.entity_workbooks ADDRESS...

prints what became of each of them, as the forms' own reader sees it.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence

from sync.errors import BadFolder
from sync.forms.form_document import form_from_workbook
from tests.support.xlsforms import workbook

PLACEHOLDER = "ICI-UN-TEXTE"
STRINGS = "xl/sharedStrings.xml"
PARTS = (STRINGS, "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml")
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def plain_workbook() -> bytes:
    """A form that is accepted, with one question whose text lies among the shared strings."""
    rows: list[list[object]] = [["type", "name", "label"], ["text", "a", PLACEHOLDER]]
    plain = workbook({"survey": rows, "settings": [["form_title"], ["Nouveau"]]})
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/{STRINGS}" ContentType="{media_type}"/></Types>'
    strings = f'<sst xmlns="{_SPREADSHEET}"><si><t>{PLACEHOLDER}</t></si></sst>'
    parts = read_parts(plain)
    parts["xl/worksheets/sheet1.xml"] = re.sub(
        r'(<c r="C2") .*?</c>', r'\1 t="s"><v>0</v></c>', parts["xl/worksheets/sheet1.xml"]
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", override)
    return pack({**parts, STRINGS: strings})


def asking_workbooks(address: str) -> Iterator[tuple[str, bytes]]:
    """Workbooks that ask for `address` (file: or http:), each with a name for a test's message."""
    declarations = {
        "entity": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{address}">]>',
        "parameter": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}"> %p;]>',
        "subset": f'<!DOCTYPE x SYSTEM "{address}">',
    }
    parts = read_parts(plain_workbook())
    for part in PARTS:
        for kind, declaration in declarations.items():
            yield f"{kind} in {part}", pack({**parts, part: _declare(parts[part], declaration)})
    include = f'<t xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}" parse="text"/></t>'
    yield "xinclude", pack({**parts, STRINGS: parts[STRINGS].replace(f"<t>{PLACEHOLDER}</t>", include)})


def read_parts(book: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def pack(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _declare(xml: str, declaration: str) -> str:
    """The document with a declaration before its root, and the entity where a text or a name stands."""
    head, end, rest = xml.rpartition("?>")
    return f"{head}{end}{declaration}" + rest.replace(PLACEHOLDER, "&e;").replace("</Types>", "&e;</Types>")


def read_all(address: str) -> dict[str, str]:
    """The text of the form, or of the refusal, by the name of the workbook."""
    answers = {}
    for name, data in asking_workbooks(address):
        try:
            answers[name] = str(form_from_workbook("neuf", data, "neuf.xlsx").document)
        except BadFolder as refusal:
            answers[name] = " ".join(f"{error.code} {error.values}" for error in refusal.errors)
    return answers


def main(addresses: Sequence[str]) -> None:
    for address in addresses:
        for name, answer in read_all(address).items():
            sys.stdout.write(f"{name}: {answer!r}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
