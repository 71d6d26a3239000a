"""Pages of briefs: the list, one as it prints on two pages of A4, its text for the radio, and its PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from markupsafe import Markup
from starlette.responses import PlainTextResponse, Response

from server.console import page
from server.console.briefs.labels import CONFIDENCE, FIGURES
from server.console.briefs.page_state import (
    asked_in,
    can_write,
    content_page_state,
    get_brief,
    gone_sentence,
    load_content,
)
from server.console.briefs.radio_text import write_radio_text
from server.console.briefs.tables import brief_tables, write_csv_archive, write_workbook
from server.console.components.charts import COLOURS, draw_heat, draw_stacks
from server.console.components.labels import RISK_LABELS
from server.console.context import ConsoleContext
from server.statistics.brief import LANGUAGES, Brief, briefs_of
from server.statistics.brief_content import brief_maker_of, site_countries, table_from_json
from server.web.app_state import translator_of
from server.web.assets import app_files_of
from server.web.pdf_printer import count_pages, pdf_printer_of
from server.writing.workspace import workspace_of
from sync.documents.code_labels import VERDICTS
from sync.errors import Refused
from sync.locale import Language
from sync.statistics.suppression import SMALLEST_SHOWN
from sync.statistics.weeks import PERIOD_WEEKS
from sync.submissions.export import CONTENT_TYPES

MAX_PAGES = 2  # of A4
TABLE_WEEKS = PERIOD_WEEKS  # shown as numbers


async def briefs(context: ConsoleContext) -> Response:
    countries = site_countries((await workspace_of(context).load_snapshot()).library)
    shown = [brief for brief in await briefs_of(context).list() if brief.content is not None or can_write(context)]
    return page.render(
        context,
        "briefs/list.html",
        context.language("Notes aux décideurs"),
        briefs=shown,
        countries=[(code, context.language.country(code)) for code in countries],
        can_write=can_write(context),
    )


async def brief(context: ConsoleContext) -> Response:
    """The brief in the query's language; `as=text` gives the text for the radio."""
    brief = await get_brief(context)
    content, language = await load_content(context, brief), _chosen_language(context)
    title = brief_title(brief, language)
    if context.query("as") == "text":
        headers = {"content-disposition": f'attachment; filename="note-{brief.number}.txt"'}
        return PlainTextResponse(write_radio_text(content, title, language), headers=headers)
    return page.render(
        context,
        "briefs/brief.html",
        title,
        **_values(brief, content, language),
        can_write=can_write(context),
        gone=await brief_maker_of(context).list_gone_notices(brief),
        gone_sentence=gone_sentence,
        page_state=content_page_state(context, brief, content),
        has_pdf=pdf_printer_of(context).program is not None,
        languages=[translator_of(context).language_of(code) for code in LANGUAGES],
    )


async def download_pdf(context: ConsoleContext) -> Response:
    """Raises Refused for a brief that does not fit on two pages, Unavailable on a machine without Chromium."""
    brief = await get_brief(context)
    content, language = await load_content(context, brief), _chosen_language(context)
    response = page.render(
        context,
        "briefs/print.html",
        brief_title(brief, language),
        **_values(brief, content, language),
        css=Markup(app_files_of(context).read_text("/console/assets/console.css")),  # noqa: S704 - of the build
    )
    pdf = await pdf_printer_of(context).print(bytes(response.body).decode())
    if (count := count_pages(pdf)) > MAX_PAGES:
        raise Refused(
            "brief-long",
            "Cette note prend {count} pages au lieu de deux.",
            "Raccourcissez les phrases, ou montrez moins de rumeurs.",
            count=count,
        )
    headers = {"content-disposition": f'inline; filename="note-{brief.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def download_tables(context: ConsoleContext) -> Response:
    """The brief's figures with a dictionary of their columns: CSV in a ZIP, or with `kind=xlsx` a workbook."""
    brief = await get_brief(context)
    tables = brief_tables(await load_content(context, brief), _chosen_language(context))
    kind = "xlsx" if context.query("kind") == "xlsx" else "zip"
    write = write_workbook if kind == "xlsx" else write_csv_archive
    headers = {"content-disposition": f'attachment; filename="note-{brief.number}.{kind}"'}
    return Response(await to_thread.run_sync(write, tables), media_type=CONTENT_TYPES[kind], headers=headers)


def brief_title(brief: Brief, language: Language) -> str:
    return language("Note n° {number}", number=brief.number)


def _chosen_language(context: ConsoleContext) -> Language:
    code = context.query("lang")
    return translator_of(context).language_of(code) if code in LANGUAGES else context.language


def _values(brief: Brief, content: Mapping[str, Any], language: Language) -> dict[str, Any]:
    places, risks = table_from_json(content["places"]), table_from_json(content["risks"])
    names = content["place_names"]
    return {
        "brief": brief,
        "content": content,
        "tongue": language,
        "headline": content["headline"].get(language.code) or content["headline"]["fr"],
        "requests": asked_in(content, language),
        "rumours": content["rumours"].get(language.code) or content["rumours"]["fr"],
        "FIGURES": FIGURES,
        "CONFIDENCE": CONFIDENCE,
        "VERDICTS": VERDICTS,
        "heat_chart": Markup(draw_heat(places, list(names), list(names.values()))),  # noqa: S704 - svg escapes names
        "risk_chart": Markup(draw_stacks(risks)),  # noqa: S704 - numbers and colours alone
        "places": places,
        "place_weeks": list(places.lines)[-TABLE_WEEKS:],
        "risks": risks,
        "risk_labels": [(RISK_LABELS[risk], colour) for risk, colour in zip(risks.columns, COLOURS, strict=True)],
        "least": SMALLEST_SHOWN,
    }
