"""The answer that a published notice gives to all who asked, and the published notices that resemble a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anyio import to_thread

from server.console.context import ConsoleContext
from server.reader.published_notices import published_notices_of
from server.rumours.rumour_case import RumourCase
from server.writing.workspace import Snapshot
from sync.claims.claim_index import ClaimIndex, ClaimMatch, KnownClaim
from sync.documents.code_labels import VERDICTS
from sync.documents.model import Notice


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """The text that a coordinator may change; `page`: path of the notice's page."""

    text: str
    lang: str
    page: str


@dataclass(frozen=True, slots=True)
class AlikeNotice:
    """A published notice that may answer a case. `is_sure`: by the measure of `sync.claims`."""

    id: str
    title: str
    is_sure: bool
    matched: tuple[str, ...]


async def published_notices(context: ConsoleContext) -> dict[str, Notice]:
    """The notices that readers have, by id of their document."""
    reviewed = await published_notices_of(context).list()
    return {f"notice:{each.notice.slug}:{each.notice.lang}": each.notice for each in reviewed}


async def offer_answer(context: ConsoleContext, case: RumourCase, snapshot: Snapshot) -> AnswerOffer | None:
    """None while the case has no notice, or one that readers do not have."""
    notice = (await published_notices(context)).get(case.record.notice)
    if notice is None:
        return None
    language = published_notices_of(context).language_of(notice.lang)
    verdict = language(VERDICTS[notice.verdict])
    text = language(
        "{verdict} : {words} Lisez la fiche « {title} ».",
        verdict=verdict,
        words=_sentence(notice.summary or notice.claim),
        title=notice.title,
    )
    return AnswerOffer(text, notice.lang, f"notices/{notice.slug}")


async def find_alike_notices(context: ConsoleContext, case: RumourCase, snapshot: Snapshot) -> list[AlikeNotice]:
    """Published notices in the site's language that what people wrote resembles, the most alike first."""
    lang = snapshot.library.site.lang
    notices = {notice.slug: notice for notice in (await published_notices(context)).values() if notice.lang == lang}
    match = await to_thread.run_sync(_match, list(notices.values()), case.words)
    return [
        AlikeNotice(
            f"notice:{hit.slug}:{lang}", notices[hit.slug].title, match.verdict == "sure" and number == 0, hit.matched
        )
        for number, hit in enumerate(match.hits)
    ]


def _match(notices: Sequence[Notice], words: str) -> ClaimMatch:
    return ClaimIndex.build(
        KnownClaim(notice.slug, notice.title, notice.claim, notice.wordings, notice.keywords) for notice in notices
    ).match(words)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
