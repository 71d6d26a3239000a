"""Notices as ClaimReview: valid by the vocabulary of schema.org, and no verdict about a person for a general trap."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.documents.model import VERDICTS, Correction, Notice, Site
from sync.documents.sources import Source
from sync.locale import Translator
from sync.notices.claim_review import CONTEXT, ReviewedNotice, claim_review, claim_review_feed
from tests.support.repository import ROOT

SITE = Site(id="essai", name="Radio Essai", licence="https://creativecommons.org/licenses/by/4.0/")
FRENCH = Translator().language_of("fr")
NOTICE = Notice(
    "puits",
    "fr",
    "Le puits de Ségou",
    "Il est propre.",
    claim="Le puits est empoisonné.",
    verdict="false",
    summary="L’eau a été analysée.",
    seen_where="Ségou",
    seen_when="2026-11-20",
    evidence=(Source("Analyse", "Un laboratoire", url="https://exemple.org/analyse"), Source("Une radio")),
    corrections=(Correction("2026-11-26", "Nous avions écrit Kayes."),),
    updated="2026-11-25",
)
GENERIC = replace(NOTICE, generic=True, verdict="scam", seen_where="", seen_when="", evidence=(), corrections=())


def review(notice: Notice, method_url: str = "") -> dict[str, Any]:
    return claim_review(ReviewedNotice(notice, "https://site/fr-ML/notices/puits", method_url), SITE, FRENCH)


def types_refused(documents: list[dict[str, Any]], folder: Path) -> str:
    """The complaints of TypeScript's compiler about documents that must be of schema.org's type DataFeed."""
    schema = ROOT / "tests/peers/node_modules/schema-dts/dist/schema.js"
    lines = [f'import type {{ WithContext, DataFeed }} from "{schema}";']
    lines += [
        f"export const feed{number}: WithContext<DataFeed> = {json.dumps(document)};"
        for number, document in enumerate(documents)
    ]
    (folder / "feed.ts").write_text("\n".join(lines))
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler"]
    compiler = ROOT / "pwa/node_modules/typescript/bin/tsc"
    done = subprocess.run(
        ["node", str(compiler), *options, "--ignoreConfig", "feed.ts"], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr


def test_every_notice_is_a_claim_review_by_the_vocabulary_of_schema_org(tmp_path: Path) -> None:
    notices = [replace(NOTICE, verdict=verdict) for verdict in VERDICTS]
    reviews = [review(notice, "https://site/fr-ML/checking") for notice in (*notices, GENERIC)]
    feed = claim_review_feed(reviews, SITE, "https://site/notices.json")
    wrong: dict[str, Any] = json.loads(json.dumps(feed))
    wrong["dataFeedElement"] = wrong["dataFeedElement"][:1]
    wrong["dataFeedElement"][0]["item"]["verdictWord"] = "Faux"
    complaints = types_refused([feed, wrong], tmp_path)
    assert re.findall(r"feed\.ts\(([0-9]+),", complaints) == ["3"], complaints
    assert "verdictWord" in complaints, "a property that the vocabulary has not"


def test_what_the_readers_of_claim_review_demand_is_there() -> None:
    """Google's Fact Check Explorer demands `claimReviewed`, `reviewRating` and `url` (read on 2026-12-01)."""
    found = review(NOTICE)
    assert found["claimReviewed"] == NOTICE.claim
    assert found["url"] == "https://site/fr-ML/notices/puits"
    rating = {"@type": "Rating", "alternateName": "Faux", "ratingValue": 1, "worstRating": 1, "bestRating": 5}
    assert found["reviewRating"] == rating
    assert found["itemReviewed"]["datePublished"] == "2026-11-20"
    assert found["license"] == SITE.licence


def test_a_verdict_beside_the_scale_is_a_word_and_no_number() -> None:
    for verdict in ("unproven", "misleading", "out-of-context", "altered", "scam", "to-check"):
        assert "ratingValue" not in review(replace(NOTICE, verdict=verdict))["reviewRating"]


def test_a_general_trap_judges_nobody_and_says_that_it_is_general() -> None:
    found = review(GENERIC)
    assert found["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "Arnaque (modèle général, pas un cas précis)",
    }
    assert found["itemReviewed"] == {"@type": "Claim", "name": GENERIC.claim}


def test_a_correction_goes_out_with_its_day_and_counts_as_a_change() -> None:
    found = review(NOTICE)
    assert found["dateModified"] == "2026-11-26"
    [correction] = found["correction"]
    assert (correction["datePublished"], correction["text"]) == ("2026-11-26", "Nous avions écrit Kayes.")


def test_the_policies_are_those_of_the_site_and_never_of_another_checker() -> None:
    own = review(NOTICE, "https://site/fr-ML/checking")["author"]
    assert own["correctionsPolicy"] == own["ownershipFundingInfo"] == "https://site/fr-ML/checking"
    other = review(replace(NOTICE, checked_by="Une autre rédaction"), "https://site/fr-ML/checking")["author"]
    assert other == {"@type": "Organization", "name": "Une autre rédaction"}


def test_a_review_names_its_context_only_outside_a_feed() -> None:
    assert "@context" not in review(NOTICE)
    assert claim_review_feed([review(NOTICE)], SITE, "https://site/notices.json")["@context"] == CONTEXT
