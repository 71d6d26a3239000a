"""A notice as ClaimReview of schema.org, and all notices as a DataFeed, which other fact-checkers and machines read.

The verdict is our word in `alternateName`. Only the verdicts that lie on the scale from false (1) to true (5) carry a
number besides; a notice about a general pattern never does, names no author of the claim, and says that it is general.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sync.documents.code_labels import VERDICTS
from sync.documents.model import Notice, Site
from sync.locale import Language

CONTEXT = "https://schema.org"
WORST, BEST = 1, 5
RATINGS = {"false": WORST, "mostly-true": 4, "true": BEST}
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass(frozen=True, slots=True)
class ReviewedNotice:
    """A notice with the address of its page. `method_url`: of the page about how the site checks, "" without one."""

    notice: Notice
    url: str
    method_url: str = ""

    @property
    def changed(self) -> str:
        """The day of the last change that the notice names, "" if it names none."""
        return max((self.notice.updated, *(correction.day for correction in self.notice.corrections)))


def claim_review(reviewed: ReviewedNotice, site: Site, language: Language) -> dict[str, Any]:
    """The ClaimReview, without `@context`. `language`: the notice's."""
    notice = reviewed.notice
    review: dict[str, Any] = {
        "@type": "ClaimReview",
        "url": reviewed.url,
        "name": notice.title,
        "inLanguage": notice.lang,
        "claimReviewed": notice.claim,
        "author": _author(reviewed, site),
        "reviewRating": _rating(notice, language),
        "itemReviewed": _claim(notice),
    }
    if reviewed.changed:
        review["dateModified"] = reviewed.changed
    if notice.summary:
        review["abstract"] = notice.summary
    if site.licence:
        review["license"] = site.licence
    if citations := [_citation(source.title, source.publisher, source.url) for source in notice.evidence]:
        review["citation"] = citations
    if notice.corrections:
        review["correction"] = [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": correction.day}
            for correction in notice.corrections
        ]
    return review


def claim_review_feed(reviews: Iterable[dict[str, Any]], site: Site, url: str) -> dict[str, Any]:
    """All reviews as a DataFeed. `url`: of the feed itself."""
    items = [
        {
            "@type": "DataFeedItem",
            **({"dateModified": review["dateModified"]} if "dateModified" in review else {}),
            "item": review,
        }
        for review in reviews
    ]
    licence = {"license": site.licence} if site.licence else {}
    feed = {"@context": CONTEXT, "@type": "DataFeed", "name": site.name, "url": url, **licence}
    return {**feed, "dataFeedElement": items}


def _author(reviewed: ReviewedNotice, site: Site) -> dict[str, Any]:
    """The organisation that checked: the site, if the notice names no other. The method is that of the site alone."""
    name = reviewed.notice.checked_by or site.name
    author = {"@type": "Organization", "name": name}
    if reviewed.method_url and name == site.name:
        policies = ("publishingPrinciples", "correctionsPolicy", "ownershipFundingInfo")
        author |= dict.fromkeys(policies, reviewed.method_url)
    return author


def _rating(notice: Notice, language: Language) -> dict[str, Any]:
    word = language(VERDICTS[notice.verdict])
    if notice.generic:
        word = language("{verdict} (modèle général, pas un cas précis)", verdict=word)
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": word}
    if notice.verdict in RATINGS and not notice.generic:
        rating |= {"ratingValue": RATINGS[notice.verdict], "worstRating": WORST, "bestRating": BEST}
    return rating


def _claim(notice: Notice) -> dict[str, Any]:
    claim: dict[str, Any] = {"@type": "Claim", "name": notice.claim}
    if notice.generic:
        return claim
    if _DAY.fullmatch(notice.seen_when):
        claim["datePublished"] = notice.seen_when
    if notice.seen_where:
        claim["locationCreated"] = {"@type": "Place", "name": notice.seen_where}
    return claim


def _citation(title: str, publisher: str, url: str) -> dict[str, Any]:
    citation: dict[str, Any] = {"@type": "CreativeWork", "name": title}
    if publisher:
        citation["publisher"] = {"@type": "Organization", "name": publisher}
    if url:
        citation["url"] = url
    return citation
