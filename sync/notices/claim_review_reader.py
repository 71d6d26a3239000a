"""ClaimReview of other fact-checkers, read from JSON or from the JSON-LD of a page, as the fields of a citing notice.

Nothing of it is taken as our finding: the draft names who checked, cites their page, and keeps their own words of the
verdict beside ours. Sizes and depths are limited, and every text is cut to what a notice may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from sync.documents.model import VERDICTS
from sync.documents.sources import READINGS
from sync.errors import Refused
from sync.json_text import parse_json

MAX_BYTES = 2 * 1024 * 1024  # of a page or a file
MAX_NODES = 50_000  # of its JSON
MAX_REVIEWS = 50
MAX_TITLE, MAX_CLAIM, MAX_NAME, MAX_URL = 120, 1000, 120, 500  # characters, as of model.Notice and Source
LIVE = READINGS[1]
TO_CHECK = "to-check"
_LD_JSON = "application/ld+json"
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
# Words of verdicts in French and English that say the same as one of ours; any other word is to be judged by a person.
_WORDS = {
    "true": ("vrai", "true", "correct", "exact"),
    "mostly-true": ("plutôt vrai", "mostly true"),
    "false": ("faux", "false", "incorrect", "infox", "fake"),
    "misleading": ("trompeur", "misleading"),
    "out-of-context": ("hors contexte", "sorti de son contexte", "missing context", "out of context"),
    "altered": ("modifié", "altered", "manipulé"),
    "unproven": ("pas prouvé", "non prouvé", "unproven", "preuves insuffisantes"),
    "scam": ("arnaque", "scam"),
}


@dataclass(frozen=True, slots=True)
class ForeignReview:
    """A ClaimReview as its author gives it. `rating`: their word. `licence`: as they say it, or ""."""

    claim: str
    url: str
    author: str
    rating: str
    title: str = ""
    day: str = ""
    licence: str = ""
    lang: str = ""


def read_claim_reviews(data: bytes) -> list[ForeignReview]:
    """The reviews in a page or in JSON, each once. Raises Refused with what is wrong and what to do."""
    if len(data) > MAX_BYTES:
        raise Refused(
            "review-large",
            "Ce document dépasse {most} octets.",
            "Donnez la page d’une seule vérification.",
            most=MAX_BYTES,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "review-encoding", "Ce document n’est pas écrit en UTF-8.", "Enregistrez la page de nouveau."
        ) from None
    reviews: dict[tuple[str, str], ForeignReview] = {}
    for value in _json_values(text):
        for node in _claim_reviews(value):
            review = _review(node)
            reviews.setdefault((review.url, review.claim), review)
            if len(reviews) > MAX_REVIEWS:
                hint = "Donnez la page d’une seule vérification."
                raise Refused("review-many", "Ce document a plus de {most} vérifications.", hint, most=MAX_REVIEWS)
    if not reviews:
        raise Refused(
            "review-missing",
            "Il n’y a aucune vérification (ClaimReview) dans ce document.",
            "Donnez l’adresse de la page d’une vérification, ou un fichier JSON.",
        )
    return list(reviews.values())


def citing_fields(review: ForeignReview, slug: str, lang: str, today: str, body: str) -> dict[str, Any]:
    """The fields of the draft that cites the review. `body`: the text that a person completes."""
    title = review.title or review.claim
    source = {
        "title": _cut(title, 250),
        "publisher": _cut(review.author, MAX_NAME),
        "seen": {"how": LIVE, "day": today},
        "url": review.url,
        **({"published": review.day} if review.day else {}),
    }
    return {
        "slug": slug,
        "lang": lang,
        "title": _cut(title, MAX_TITLE),
        "claim": _cut(review.claim, MAX_CLAIM),
        "verdict": verdict_of(review.rating),
        "checked_by": _cut(review.author, MAX_NAME),
        "evidence": [source],
        "updated": today,
        "body": body,
    }


def verdict_of(rating: str) -> str:
    """Our verdict for their word, if it says the same; else `to-check`: a person decides."""
    word = rating.strip().strip(".!").casefold()
    verdict = next((verdict for verdict, words in _WORDS.items() if word in words), TO_CHECK)
    return verdict if verdict in VERDICTS else TO_CHECK


def _json_values(text: str) -> Iterator[Any]:
    """The document as JSON, else the data elements of a page."""
    if text.lstrip().startswith(("{", "[")):
        yield _parse(text)
        return
    page = _DataElements()
    page.feed(text)
    page.close()
    for element in page.found:
        try:
            yield _parse(element)
        except Refused:
            continue  # other data of the page may be malformed: its author's affair


def _parse(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        raise Refused(
            "review-json", "Ce n’est pas du JSON.", "Donnez le fichier tel que son auteur le publie."
        ) from None


class _DataElements(HTMLParser):
    """Collects the texts of `script` elements of JSON-LD; runs and fetches nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        type = dict(attrs).get("type") or ""
        self._is_inside = tag == "script" and type.strip().lower() == _LD_JSON
        if self._is_inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.found[-1] += data


def _claim_reviews(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object of type ClaimReview, however deep, in the document's order."""
    waiting, count = [value], 0
    while waiting:
        node = waiting.pop()
        count += 1
        if count > MAX_NODES:
            raise Refused("review-deep", "Ce document a trop de parties.", "Donnez la page d’une seule vérification.")
        if isinstance(node, Mapping):
            types = node.get("@type")
            if "ClaimReview" in (types if isinstance(types, list) else [types]):
                yield node
                continue
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))


def _review(node: Mapping[str, Any]) -> ForeignReview:
    """Raises Refused for a review that does not say what is claimed, where its page is, or who wrote it."""
    rating = _first(node.get("reviewRating"))
    item = _first(node.get("itemReviewed"))
    claim = _text(node.get("claimReviewed")) or _text(_member(item, "name"))
    url = _text(node.get("url")) or _text(node.get("mainEntityOfPage"))
    author = _text(_member(_first(node.get("author")), "name")) or _text(_member(_first(node.get("publisher")), "name"))
    for name, value in (("claimReviewed", claim), ("url", url), ("author", author)):
        if not value:
            raise Refused(
                "review-incomplete",
                "Cette vérification ne dit pas son « {name} ».",
                "Écrivez à son auteur, ou écrivez la fiche vous-même.",
                name=name,
            )
    if not _ADDRESS.fullmatch(url) or len(url) > MAX_URL:
        raise Refused(
            "review-address",
            "L’adresse de cette vérification n’en est pas une : « {address} ».",
            "Écrivez à son auteur, ou écrivez la fiche vous-même.",
            address=url[:100],
        )
    day = _DAY.match(_text(node.get("datePublished")))
    return ForeignReview(
        claim,
        url,
        author,
        _text(_member(rating, "alternateName")) or _text(_member(rating, "name")),
        _text(node.get("name")) or _text(node.get("headline")),
        day[1] if day else "",
        _text(node.get("license")) or _text(node.get("sdLicense")),
        _text(node.get("inLanguage"))[:2].lower(),
    )


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else value if name == "name" else None


def _text(value: Any) -> str:
    """One line of text; "" for anything else."""
    value = _first(value)
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("@id") or value.get("name")
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign for sign in value if sign.isprintable() or sign.isspace()).split())[:2000]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else (text[: limit - 1].rpartition(" ")[0] or text[: limit - 1]) + "…"
