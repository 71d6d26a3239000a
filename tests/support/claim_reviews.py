"""A ClaimReview by others, as their pages hold it."""

from __future__ import annotations

from typing import Any

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://checker.example/puits",
    "claimReviewed": "Le puits est empoisonné",
    "author": {"@type": "Organization", "name": "Un vérificateur"},
    "datePublished": "2026-11-20T08:00:00+00:00",
    "reviewRating": {"@type": "Rating", "alternateName": "Faux"},
    "license": "https://creativecommons.org/licenses/by/4.0/",
}
