"""The table of translations: documents by languages. Each cell links to the document or its editor."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.labels import KINDS, TRANSLATION_STATES
from server.console.context import ConsoleContext
from server.web.app_state import store_of
from server.writing.checks import TEXT_KINDS
from server.writing.languages import list_languages
from server.writing.translations import TranslationLine, compute_coverage
from server.writing.workspace import workspace_of
from sync.locale import languages_by_own_name, own_name


async def translations(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    langs, lines = compute_coverage(snapshot)
    open_languages = await list_languages(store_of(context), snapshot)
    hidden = {*open_languages, snapshot.library.site.lang}
    filters = {name: context.query(name) for name in ("kind", "lang", "state", "silent")}
    selected_langs = [lang for lang in langs if filters["lang"] in ("", lang)]
    _ = context.language
    return page.render(
        context,
        "translations/table.html",
        _("Traductions"),
        langs=selected_langs,
        filters=filters,
        lines=[line for line in lines if _matches(line, filters)],
        kinds=[(kind, _(KINDS[kind])) for kind in TEXT_KINDS],
        all_langs=[(lang, _.name_of(lang)) for lang in langs],
        states=[(state, _(label)) for state, label in TRANSLATION_STATES.items()],
        done={
            lang: sum(cell.state == "done" for line in lines for cell in line.cells if cell.lang == lang)
            for lang in selected_langs
        },
        count=len(lines),
        silent_count=sum(line.is_silent for line in lines),
        open_languages=[(lang, own_name(lang)) for lang in open_languages],
        closed_languages=[(code, name) for code, name in languages_by_own_name() if code not in hidden],
        site_lang=snapshot.library.site.lang,
    )


def _matches(line: TranslationLine, filters: dict[str, str]) -> bool:
    cells = [cell for cell in line.cells if filters["lang"] in ("", cell.lang)]
    return (
        filters["kind"] in ("", line.original.kind)
        and (not filters["state"] or any(cell.state == filters["state"] for cell in cells))
        and (not filters["silent"] or line.is_silent or any(cell.is_silent for cell in cells))
    )
