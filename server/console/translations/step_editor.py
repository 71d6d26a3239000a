"""The step by step editor: each part of an original with the field for its translation, and the glossary's words.

A text that lacks a part, a number, a link or a warning is kept as a draft. Its review can be asked once it has all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from server.console import page
from server.console.components.decision import (
    OriginalChanged,
    PageState,
    has_seen,
    make_page_state,
    seen_text,
)
from server.console.components.draft_check import check_and_request_review, error_sentence, join_sentences
from server.console.context import ConsoleContext
from server.console.flash import FlashMessage
from server.console.translations.language_desk import open_lang
from server.web.app_state import store_of
from server.writing.checks import CheckResult, check
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import StartingPoint, drafts_of
from server.writing.languages import GlossaryTerm, list_terms, terms_in
from server.writing.translations import initial_fields, source_fields
from server.writing.workspace import Snapshot, workspace_of
from sync.documents.translation_parts import (
    Loss,
    TextPart,
    compose_translation,
    find_losses,
    text_parts,
    translated_words,
)
from sync.errors import NotFound, Refused
from sync.locale import N_, own_name

KINDS = ("guide", "notice")


@dataclass(frozen=True, slots=True)
class EditorPart:
    """A part of the original, the words for it, and the glossary's words in it."""

    part: TextPart
    words: str
    terms: Sequence[GlossaryTerm]


async def edit_by_steps(context: ConsoleContext) -> Response:
    """The editor; a POST saves the draft, and with `ask` has it reviewed if it lacks nothing."""
    snapshot = await workspace_of(context).load_snapshot()
    lang = await open_lang(context, snapshot)
    original = _original(context, snapshot)
    id = f"{original.kind}:{original.slug}:{lang}"
    work = snapshot.works.get(id, WorkingDocument(id, original.kind))
    if context.request.method == "POST":
        return await _save(context, snapshot, original, work)
    words = translated_words(original.approved or {}, work.fields)
    if words is None:
        raise Refused(
            "lines-other",
            "Ce texte n’a pas les mêmes lignes que l’original : il s’écrit d’un seul tenant.",
            "Ouvrez-le par la page des documents.",
        )
    return await _render(context, original, work, words, {})


async def _save(
    context: ConsoleContext, snapshot: Snapshot, original: WorkingDocument, work: WorkingDocument
) -> Response:
    source = original.approved or {}
    _require_same_original(context, original)
    words = {part.name: context.text(f"part-{part.name}").strip() for part in text_parts(source)}
    fields = {**initial_fields(original), **work.fields, "slug": work.slug, "lang": work.lang}
    fields = {name: value for name, value in fields.items() if name not in ("title", "summary", "claim", "reviewed")}
    fields |= compose_translation(source, words)
    if "verdict" in source:
        fields["verdict"] = source["verdict"]
    starting_point = StartingPoint(context.text("rev"), context.text("base"))
    aside = await drafts_of(context).save(work, fields, context.user.name, starting_point, source_fields(source))
    if aside:
        await context.record_action("text-aside", work.id)
        return context.redirect(f"/writing/{work.id}/edit?with={aside.id}", FlashMessage.SET_ASIDE)
    await context.record_action("text-saved", work.id)
    address = f"/translations/{work.lang}"
    if not context.text("ask"):
        return context.redirect(f"{address}/text/{original.id}", FlashMessage.DRAFT_SAVED)
    snapshot = await workspace_of(context).load_snapshot()
    work = snapshot.get_work(work.id)
    wrong = _find_errors(context, source, check(work, fields, snapshot), find_losses(source, fields))
    if wrong:
        return await _render(context, original, work, words, wrong)
    await check_and_request_review(context, work, snapshot)
    return context.redirect(address, FlashMessage.REVIEW_REQUESTED)


async def _render(
    context: ConsoleContext,
    original: WorkingDocument,
    work: WorkingDocument,
    words: Mapping[str, str],
    wrong: Mapping[str, str],
) -> Response:
    glossary = await list_terms(store_of(context), work.lang)
    parts = [
        EditorPart(part, words.get(part.name, ""), terms_in(part.text, glossary))
        for part in text_parts(original.approved or {})
    ]
    return page.render(
        context,
        "translations/step-editor.html",
        original.title,
        status=422 if wrong else 200,
        lang=work.lang,
        language_name=own_name(work.lang),
        original=original,
        work=work,
        parts=parts,
        wrong=wrong,
        page_state=original_page_state(original),
        done=sum(bool(words.get(each.part.name)) for each in parts),
    )


def original_page_state(original: WorkingDocument) -> PageState:
    """The text that a translation is made beside."""
    source = source_fields(original.approved or {})
    return make_page_state([original.id, source], [], "\n\n".join(map(str, source.values())))


def _require_same_original(context: ConsoleContext, original: WorkingDocument) -> None:
    """Raises OriginalChanged unless the words were written beside today's original."""
    page_state = original_page_state(original)
    if not has_seen(context, page_state.digest):
        names = [name for name in context.form.keys() if name.startswith("part-")]  # noqa: SIM118
        typed = "\n\n".join(text for name in names if (text := context.text(name).strip()))
        address = f"/translations/{context.param('lang')}/text/{original.id}"
        raise OriginalChanged(seen_text(context), page_state.text, address, {N_("Votre traduction"): typed})


def _find_errors(
    context: ConsoleContext, source: Mapping[str, Any], result: CheckResult, losses: Sequence[Loss]
) -> dict[str, str]:
    """Sentences by field: of what a part lacks, and of what is wrong in it; "" for what is no part of this page."""
    _, names = context.language, {part.name for part in text_parts(source)}
    sentences = [(loss.part, _(loss.sentence, value=loss.value)) for loss in losses]
    for error in result.errors:
        part = f"b{error.line - 1}" if error.field == "body" and error.line else error.field
        sentences.append((part, error_sentence(_, error)))
    return join_sentences((f"part-{part}" if part in names else "", sentence) for part, sentence in sentences)


def _original(context: ConsoleContext, snapshot: Snapshot) -> WorkingDocument:
    """The original that the address names. Raises NotFound."""
    work = snapshot.get_work(context.param("id"))
    if work.kind not in KINDS or work.lang != snapshot.library.site.lang or work.approved is None or work.is_withdrawn:
        raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.")
    return work
