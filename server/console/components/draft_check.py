"""Checks of a draft, the request to read it, and the sentences of its errors beside their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.console.components.decision import SHORT_DIGEST
from server.console.components.labels import FIELDS
from server.console.context import ConsoleContext
from server.web.app_state import assets_of
from server.writing.checks import TEXT_KINDS, CheckResult, FieldError, check
from server.writing.draft_records import WorkingDocument
from server.writing.drafts import drafts_of, require_draft
from server.writing.preview import render_preview
from server.writing.workspace import Snapshot
from sync.documents.translation_parts import find_losses
from sync.errors import Refused
from sync.locale import Language

TRANSLATED_BY_PARTS = ("guide", "notice")


def check_draft(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> Mapping[str, Any]:
    """The draft's checked fields as JSON. Raises NotFound without a draft, Refused if it cannot be published."""
    result = check(work, require_draft(work).fields, snapshot)
    if result.errors or result.value is None:
        raise Refused("text-unsound", "Ce texte a encore des erreurs.", "Ouvrez-le : elles y sont montrées.")
    if is_translation(work, snapshot) and work.kind in TRANSLATED_BY_PARTS:
        original = snapshot.works.get(f"{work.kind}:{work.slug}:{snapshot.library.site.lang}")
        losses = find_losses(original.approved, result.fields) if original and original.approved else []
        if losses:
            raise Refused(
                "translation-incomplete",
                "Cette traduction n’a pas tout l’original : {count} manques. {first}",
                "Ouvrez-la pas à pas : chaque manque y est montré.",
                count=len(losses),
                first=context.language(losses[0].sentence, value=losses[0].value),
            )
    # Raises for a page over the size limit, which would otherwise be refused on publishing only.
    render_preview(snapshot.library, assets_of(context), work.kind, result.value)
    return result.fields


async def check_and_request_review(context: ConsoleContext, work: WorkingDocument, snapshot: Snapshot) -> None:
    """Have the draft that was just saved read by somebody else. Raises as `check_draft`."""
    check_draft(context, work, snapshot)
    await drafts_of(context).request_review(work, context.user.name, "")
    text = require_draft(work).fields_digest[:SHORT_DIGEST]
    await context.record_action("review-asked", work.id, text=text)


def is_translation(work: WorkingDocument, snapshot: Snapshot) -> bool:
    return work.kind in TEXT_KINDS and bool(work.lang) and work.lang != snapshot.library.site.lang


def field_label(language: Language, name: str) -> str:
    """Label of a field; for `lang:fr` and `country:ML` the name of the language or country."""
    prefix, _, code = name.partition(":")
    if code:
        return language.name_of(code) if prefix == "lang" else language.country(code)
    last = name.rpartition(".")[2]
    return language(FIELDS[last]) if last in FIELDS else name


def error_sentences(language: Language, result: CheckResult) -> dict[str, str]:
    """Error sentences by field; "" for the whole document."""
    return join_sentences((error.field, error_sentence(language, error)) for error in result.errors)


def error_sentence(language: Language, error: FieldError) -> str:
    return error.format_sentence(language, lambda name: field_label(language, name))


def join_sentences(sentences: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The sentences about each field as one, in the order in which the fields come first."""
    wrong: dict[str, str] = {}
    for field, sentence in sentences:
        wrong[field] = f"{wrong[field]} {sentence}" if field in wrong else sentence
    return wrong
