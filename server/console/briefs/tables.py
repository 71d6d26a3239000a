"""The figures of a brief as tables for programs: what its pages show, and a dictionary that explains each column.

A hidden number is an empty cell with `hidden` 1, so that nobody takes it for a zero.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.console.briefs.labels import CONFIDENCE, FIGURES
from server.console.components.labels import RISK_LABELS
from server.statistics.brief_content import table_from_json
from sync.forms.question_types import CellValue
from sync.locale import N_, Language
from sync.statistics.report_counts import CountTable
from sync.statistics.suppression import ShownCount
from sync.submissions.export_tables import BYTE_ORDER_MARK, csv_lines, workbook_cell

HIDDEN = N_("1 : ce nombre est caché, parce qu’il est petit ou en ferait deviner un petit. 0 : il est montré.")
WEEK = N_("Le lundi de la semaine, comme AAAA-MM-JJ.")
DICTIONARY = {  # by file and column: what stands there
    "figures": {
        "kind": N_("Le nom du nombre, le même dans toutes les notes."),
        "label": N_("Ce qui est compté."),
        "first": N_("Le premier jour des quatre semaines, comme AAAA-MM-JJ."),
        "last": N_("Leur dernier jour."),
        "count": N_("Le nombre de ces quatre semaines ; vide s’il est caché."),
        "before": N_("Le nombre des quatre semaines d’avant ; vide s’il est caché."),
        "n": N_("Le nombre d’envois sur lequel il repose ; vide s’il est caché."),
        "confidence": N_(
            "À quel point il est sûr : « assez net » à partir de 100 envois, « prudence » à partir de 30."
        ),
        "source": N_("D’où il vient."),
    },
    "places": {
        "week": WEEK,
        "place": N_("Le code de la région, d’ISO 3166-2."),
        "name": N_("Le nom de la région."),
        "count": N_("Les rumeurs signalées de cette région, cette semaine-là ; 0 : rien n’est venu ; vide : caché."),
        "hidden": HIDDEN,
    },
    "risks": {
        "week": WEEK,
        "risk": N_("Le code du danger : la réponse au formulaire."),
        "label": N_("Le danger."),
        "count": N_("Les rumeurs signalées avec ce danger, cette semaine-là ; vide : caché."),
        "hidden": HIDDEN,
    },
}


@dataclass(frozen=True, slots=True)
class BriefTable:
    """A table. `lines`: the names of its columns first."""

    name: str
    lines: Sequence[Sequence[CellValue]]


def brief_tables(content: Mapping[str, Any], language: Language) -> list[BriefTable]:
    """Tables of the figures, of rumours by region and by danger, and of the dictionary. `content`: of the brief."""
    places, names = table_from_json(content["places"]), content["place_names"]
    risks = table_from_json(content["risks"])
    rows: dict[str, list[list[CellValue]]] = {
        "figures": [_figure_row(figure, content, language) for figure in content["figures"]],
        "places": list(_count_rows(places, names)),
        "risks": list(_count_rows(risks, {risk: language(RISK_LABELS[risk]) for risk in risks.columns})),
    }
    tables = [BriefTable(name, [[*columns], *rows[name]]) for name, columns in DICTIONARY.items()]
    explained: list[list[CellValue]] = [
        [f"{name}.csv", column, language(meaning)]
        for name, columns in DICTIONARY.items()
        for column, meaning in columns.items()
    ]
    return [*tables, BriefTable("dictionary", [["file", "column", "meaning"], *explained])]


def _figure_row(figure: Mapping[str, Any], content: Mapping[str, Any], language: Language) -> list[CellValue]:
    label, source = FIGURES[figure["kind"]]
    return [
        figure["kind"],
        language(label),
        content["first"],
        content["last"],
        *(_cell(figure[name]) for name in ("count", "before", "base")),
        language(CONFIDENCE[figure["confidence"]]),
        language(source),
    ]


def _count_rows(table: CountTable, names: Mapping[str, str]) -> Iterator[list[CellValue]]:
    """A row for each week and each of the columns that have a name."""
    for week, counts in table.lines.items():
        for code, name in names.items():
            count = counts[table.columns.index(code)]
            yield [week, code, name, _cell(count), int(count is None)]


def _cell(count: ShownCount) -> CellValue:
    return "" if count is None else count


def write_csv_archive(tables: Sequence[BriefTable]) -> bytes:
    """A ZIP with one CSV a table."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            data = BYTE_ORDER_MARK + csv_lines(table.lines)
            archive.writestr(zipfile.ZipInfo(f"{table.name}.csv"), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def write_workbook(tables: Sequence[BriefTable]) -> bytes:
    """A workbook with a sheet for each table."""
    from openpyxl import Workbook  # imported late: it takes a quarter of a second

    book = Workbook(write_only=True)
    for table in tables:
        page = book.create_sheet(table.name)
        for line in table.lines:
            page.append([workbook_cell(page, value, "") for value in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
