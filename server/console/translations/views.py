"""The table of languages. Each cell leads to the editor, where original and translation stand side by side."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.labels import KINDS, TRANSLATION_STATES
from server.console.context import ConsoleContext
from server.writing.checks import TEXT_KINDS
from server.writing.translations import TranslationLine, compute_coverage
from server.writing.workspace import workspace_of


async def translations(context: ConsoleContext) -> Response:
    snapshot = await workspace_of(context).load_snapshot()
    langs, lines = compute_coverage(snapshot)
    kept = {name: context.query(name) for name in ("kind", "lang", "state", "silent")}
    shown_langs = [lang for lang in langs if kept["lang"] in ("", lang)]
    _ = context.language
    return page.render(
        context,
        "translations/table.html",
        _("Traductions"),
        langs=shown_langs,
        kept=kept,
        lines=[line for line in lines if _matches(line, kept)],
        kinds=[(kind, _(KINDS[kind])) for kind in TEXT_KINDS],
        all_langs=[(lang, _.name_of(lang)) for lang in langs],
        states=[(state, _(words)) for state, words in TRANSLATION_STATES.items()],
        done={
            lang: sum(cell.state == "done" for line in lines for cell in line.cells if cell.lang == lang)
            for lang in shown_langs
        },
        count=len(lines),
        silent=sum(line.is_silent for line in lines),
        ours=snapshot.library.site.lang,
    )


def _matches(line: TranslationLine, kept: dict[str, str]) -> bool:
    cells = [cell for cell in line.cells if kept["lang"] in ("", cell.lang)]
    return (
        kept["kind"] in ("", line.original.kind)
        and (not kept["state"] or any(cell.state == kept["state"] for cell in cells))
        and (not kept["silent"] or line.is_silent or any(cell.is_silent for cell in cells))
    )
