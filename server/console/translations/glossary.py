"""The glossary of a language: how its writers agreed to say a word, offered to them beside each text."""

from __future__ import annotations

from starlette.responses import Response

from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.translations.language_desk import open_lang
from server.web.app_state import store_of
from server.writing.languages import MAX_NOTE, MAX_TERM, GlossaryTerm, add_term, get_term, list_terms, remove_term
from server.writing.workspace import workspace_of
from sync.errors import KunnafoniError


async def glossary(context: ConsoleContext) -> Response:
    """The list with a form; a POST adds a word."""
    lang = await open_lang(context, await workspace_of(context).load_snapshot())
    wrong: dict[str, str] = {}
    if context.request.method == "POST":
        words = [context.text(name) for name in ("term", "translation", "note")]
        try:
            await add_term(store_of(context), lang, words[0], words[1], words[2], context.user.name)
        except KunnafoniError as error:
            wrong["term"] = error.text(context.language)
        else:
            await context.record_action("term-added", lang)
            return context.redirect(f"/translations/{lang}/glossary", FlashMessage.SAVED)
    terms = await list_terms(store_of(context), lang)
    return page.render(
        context,
        "translations/glossary.html",
        context.language("Lexique"),
        status=422 if wrong else 200,
        lang=lang,
        terms=terms,
        page_states={term.id: term_page_state(context, term) for term in terms},
        wrong=wrong,
        limits=(MAX_TERM, MAX_NOTE),
    )


async def remove(context: ConsoleContext) -> Response:
    lang = await open_lang(context, await workspace_of(context).load_snapshot())
    term = await get_term(store_of(context), lang, context.text("id"))
    page_state = term_page_state(context, term)
    require_seen(context, page_state, f"/translations/{lang}/glossary")
    await remove_term(store_of(context), term)
    await context.record_action("term-removed", lang, text=page_state.short_digest)
    return context.redirect(f"/translations/{lang}/glossary", FlashMessage.DELETED)


def term_page_state(context: ConsoleContext, term: GlossaryTerm) -> PageState:
    _ = context.language
    lines = [(_("Mot"), term.term), (_("Se dit"), term.translation), (_("Remarque"), term.note or "—")]
    return make_page_state([term.id, term.rev], lines)
