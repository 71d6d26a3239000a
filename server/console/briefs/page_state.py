"""The state of a brief that decisions about it are bound to, and the brief of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.accounts.account import Role
from server.console.components.decision import PageState, make_page_state
from server.console.context import ConsoleContext
from server.statistics.brief import Brief, briefs_of
from server.statistics.brief_content import brief_maker_of
from server.web.request_text import parse_number
from sync.errors import NotFound
from sync.locale import N_, Language

GONE = N_("Ces fiches choisies ne sont plus publiées : {slugs}.")
GONE_HINT = N_("Choisissez-en d’autres, ou « Aucune ».")
MAX_NUMBER = 9_999
HEADLINE_LABELS = {"fr": N_("Trois phrases, en français"), "en": N_("Trois phrases, en anglais")}
REQUEST_LABELS = {
    "what": N_("Ce qui est demandé"),
    "whom": N_("À qui"),
    "by": N_("Pour le"),
    "answer": N_("Ce qu’on a répondu"),
}


async def get_brief(context: ConsoleContext) -> Brief:
    """The brief that the address names. Analysts see frozen ones alone. Raises NotFound."""
    brief = await briefs_of(context).get(parse_number(context.param("number"), MAX_NUMBER) or 0)
    if brief.content is None and not can_write(context):
        raise NotFound("brief-unknown", "Cette note n’existe pas.", "Revenez à la liste.")
    return brief


def can_write(context: ConsoleContext) -> bool:
    return context.user.role is not Role.ANALYST


async def load_content(context: ConsoleContext, brief: Brief) -> Mapping[str, Any]:
    """All that the brief shows: as it was frozen, or as it is now."""
    return brief.content if brief.content is not None else await brief_maker_of(context).make(brief)


def asked_in(content: Mapping[str, Any], language: Language) -> list[Mapping[str, str]]:
    """All that a brief asks: its own requests, then the recommendations that it chose, which older briefs lack."""
    asked = content.get("asked", {})
    return [*content["requests"], *(asked.get(language.code) or asked.get("fr", ()))]


def words_page_state(context: ConsoleContext, brief: Brief) -> PageState:
    """The words that a person wrote."""
    return make_page_state(brief.words, _lines(context, brief))


def content_page_state(context: ConsoleContext, brief: Brief, content: Mapping[str, Any]) -> PageState:
    """Everything that the brief shows, its figures too."""
    _ = context.language
    figures = [
        (f"{figure['kind']}", figure["count"] if figure["count"] is not None else "·") for figure in content["figures"]
    ]
    rumours = [(_("Rumeur"), rumour["claim"]) for rumour in content["rumours"]["fr"]]
    return make_page_state([content, brief.content is not None], [*_lines(context, brief), *figures, *rumours])


def gone_sentence(language: Language, slugs: Sequence[str]) -> str:
    """Names the chosen notices that are no longer published, and says what to do."""
    return f"{language(GONE, slugs=', '.join(slugs))} {language(GONE_HINT)}"


def _lines(context: ConsoleContext, brief: Brief) -> list[tuple[str, object]]:
    _ = context.language
    lines: list[tuple[str, object]] = [
        (_(label), brief.headline.get(lang, "")) for lang, label in HEADLINE_LABELS.items()
    ]
    for request in brief.requests:
        lines += [(_(label), request.body[name]) for name, label in REQUEST_LABELS.items() if request.body[name]]
    return [
        *lines,
        (_("Rumeurs"), ", ".join(brief.notices)),
        (_("Recommandations"), ", ".join(brief.recommendations)),
    ]
