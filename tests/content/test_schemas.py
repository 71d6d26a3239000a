"""Documents keep every value on the way to fields, files and records and back; their fields are the frozen ones."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.canonical import canonical
from sync.content.export import export_folder, to_file_text, to_yaml
from sync.content.intake import import_folder
from sync.content.layout import document_id, path_of
from sync.content.schemas import ALERT_SCHEMAS, DOCUMENT_TYPES, MARKDOWN_SCHEMAS, fields_digest, from_fields, to_fields
from sync.documents import front_matter, model, yaml_tree
from sync.documents.data_translation import DataTranslation, TextPair
from sync.documents.field_types import ErrorReport
from sync.documents.recommendation import DecisionAnswer, Recommendation, Sending
from sync.documents.review import Review
from sync.documents.sources import READINGS, Fact, Reading, Source
from sync.documents.text_decoding import YAML_LIMIT, decode_text
from sync.errors import BadContent
from sync.store.contract import Collection, Write
from sync.store.sqlite.store import SqliteStore
from tests.support.document_fields import VECTOR, describe_documents
from tests.support.stored_documents import held

SIGNS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("#:-'\"&*!%@`|>{}[],~?")
# Spaces alone are no text.
LINE = st.text(SIGNS, min_size=1, max_size=60).map(lambda text: normal(text) if text.strip() else "x")
WORDS = st.sampled_from(
    [
        "no",
        "NO",
        "true",
        "null",
        "~",
        "12",
        "0x1f",
        "1e3",
        "2026-11-24",
        "=",
        "<<",
        "- a",
        "a: b",
        "# a",
        "a #b",
        "'",
        '"',
        "---",
        "...",
    ]
)
TEXT = LINE | WORDS
PAGE = st.lists(TEXT | st.just(""), min_size=1, max_size=5).map("\n".join).map(lambda text: normal_page(text) or "x")
SLUG = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
LANG = st.sampled_from(["fr", "bm", "ff"])
DAY = st.dates().map(lambda day: day.isoformat())
COUNTRY = st.sampled_from(["ML", "BF", "NE", "NO"])


def normal(text: str) -> str:
    return re.sub(r"[ \t\n]+", " ", unicodedata.normalize("NFC", text)).strip(" ")


def normal_page(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def tuples(items: st.SearchStrategy[Any], **options: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3, **options).map(tuple)


SOURCE = st.builds(
    Source,
    title=TEXT,
    publisher=TEXT | st.just(""),
    published=DAY | DAY.map(lambda day: day[:7]) | DAY.map(lambda day: day[:4]) | st.just(""),
    seen=st.none() | st.builds(Reading, how=st.sampled_from(READINGS), day=DAY),
    url=st.sampled_from(["", "https://apdp.ml/é?a=1&b=2", "http://news.abamako.com/h/1.html"]),
    checked=DAY | st.just(""),
    review_by=DAY | st.just(""),
)
FACTS = tuples(st.builds(Fact, text=TEXT, source=SOURCE))
SLUGS = tuples(SLUG, unique=True)
HARMS = st.lists(st.sampled_from(model.HARMS), min_size=1, unique=True).map(tuple)
COMMON: dict[str, Any] = {
    "slug": SLUG,
    "lang": LANG,
    "title": TEXT,
    "body": PAGE,
    "summary": TEXT | st.just(""),
    "countries": tuples(COUNTRY, unique=True),
    "order": st.integers(0, 999_999),
    "updated": DAY | st.just(""),
    "reviewed": st.none() | st.builds(Review, by=TEXT, date=DAY),
}
STEP = st.builds(
    model.ComplaintStep,
    step=st.sampled_from(model.STEPS),
    do=TEXT | st.just(""),
    authority=st.just("") | SLUG,
    template=st.just("") | SLUG,
    needs=tuples(TEXT),
    wait=TEXT | st.just(""),
    facts=FACTS,
    laws=FACTS,
)
HARM = st.builds(
    model.HarmRoute,
    harm=st.sampled_from(model.HARMS),
    title=TEXT | st.just(""),
    first=tuples(TEXT),
    contact_offender=st.booleans(),
    steps=tuples(STEP, unique_by=lambda step: step.step),
    danger=TEXT | st.just(""),
    guides=SLUGS,
    last=tuples(TEXT),
    keywords=tuples(SLUG, unique=True),
)
AUTHORITY = st.builds(
    model.Authority,
    slug=SLUG,
    name=TEXT,
    step=st.sampled_from(model.OFFICES),
    receives=HARMS,
    acronym=WORDS,
    site=st.sampled_from(["", "https://apdp.ml"]),
    email=st.sampled_from(["", "a@b.ml"]),
    phone=st.sampled_from(["", "36061", "+223 20 00"]),
    address=TEXT,
    facts=FACTS,
    sources=tuples(SOURCE),
)
PRICE = st.builds(model.DataPrice, francs=st.integers(1, 10**9).map(lambda number: number / 10_000), source=SOURCE)
SOUND = "A" * 43 + ".opus"
SPOKEN = model.SpokenVersion("bm", SOUND, "Une voix", Review("Une personne", "2026-12-01"), "3 9 17")
TRANSLATIONS = st.dictionaries(
    LANG,
    st.builds(
        DataTranslation,
        texts=tuples(
            st.builds(TextPair, original=TEXT, translation=TEXT), min_size=1, unique_by=lambda pair: pair.original
        ),
        reviewed=st.none() | st.builds(Review, by=TEXT, date=DAY),
    ),
    max_size=2,
)
ANSWER = DecisionAnswer("2026-11-20", "- Oui : #1", letter="2026-11-19")
SENDINGS = (Sending("no", "2026-11-01", ANSWER), Sending("Mairie", "2026-11-02"))
DOCUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "guide": st.builds(
        model.Guide,
        **COMMON,
        topics=SLUGS,
        essential=st.booleans(),
        sources=tuples(SOURCE),
        audio=st.sampled_from(["", SOUND]),
        spoken=st.sampled_from([(), (SPOKEN,), (SPOKEN, replace(SPOKEN, lang="snk", reviewed=None, marks=""))]),
        keywords=tuples(SLUG, unique=True),
    ),
    "notice": st.builds(
        model.Notice,
        **COMMON,
        claim=TEXT,
        verdict=st.sampled_from(model.VERDICTS),
        generic=st.booleans(),
        seen_where=TEXT,
        seen_when=TEXT,
        checked_by=TEXT,
        evidence=tuples(SOURCE),
        keywords=tuples(TEXT, unique=True),
        wordings=tuples(TEXT, unique=True),
        topics=SLUGS,
        audio=st.just(""),
    ),
    "recommendation": st.builds(
        Recommendation,
        **{name: strategy for name, strategy in COMMON.items() if name != "summary"},
        asked_of=TEXT,
        risk=TEXT,
        proposed=DAY,
        sent=st.sampled_from([(), SENDINGS]),
        sources=tuples(SOURCE),
    ),
    "template": st.builds(
        model.LetterTemplate,
        **COMMON,
        harms=HARMS,
        step=st.sampled_from(model.STEPS),
        sources=tuples(SOURCE),
        fields=tuples(
            st.builds(
                model.LetterField,
                name=st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
                label=TEXT,
                hint=TEXT,
                required=st.booleans(),
                sensitive=st.booleans(),
            ),
            unique_by=lambda field: field.name,
        ),
    ),
    "authorities": st.builds(
        model.Authorities,
        country=COUNTRY,
        name=TEXT,
        authorities=st.lists(AUTHORITY, min_size=1, max_size=2, unique_by=lambda office: office.slug).map(tuple),
        translations=TRANSLATIONS,
    ),
    "route": st.builds(
        model.ComplaintRoute,
        country=COUNTRY | st.just("ANY"),
        updated=DAY,
        harms=st.lists(HARM, min_size=1, max_size=2, unique_by=lambda route: route.harm).map(tuple),
        translations=TRANSLATIONS,
    ),
    "places": st.just(
        model.Places("ML", "Mali", (model.Place("ML-1", "Kayes"), model.Place("ML-BKO", "No", iso=False)))
    ),
    "topics": st.lists(
        st.builds(model.Topic, slug=SLUG, pictogram=SLUG, titles=st.dictionaries(LANG, TEXT, min_size=1)),
        max_size=3,
        unique_by=lambda topic: topic.slug,
    ).map(tuple),
    "synonyms": st.builds(model.Synonyms, ignored=tuples(SLUG, unique=True), groups=tuples(TEXT, unique=True)),
    "site": st.builds(
        model.Site,
        id=st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True),
        name=TEXT,
        tagline=TEXT,
        taglines=st.dictionaries(LANG, TEXT, max_size=2),
        lang=LANG,
        channels=st.just(("fr-ML", "bm-ML")),
        contact=TEXT,
        about=st.dictionaries(LANG, PAGE),
        privacy=st.dictionaries(LANG, PAGE),
        prices=st.dictionaries(COUNTRY, PRICE),
        hubs=st.just(("https://radio.ml",)),
        drafts=tuples(LANG, unique=True),
    ),
}
ANY = st.sampled_from(sorted(DOCUMENTS)).flatmap(lambda kind: st.tuples(st.just(kind), DOCUMENTS[kind]))


def read_file(kind: str, text: str, document: Any) -> tuple[Any, list[BadContent]]:
    report = ErrorReport("x")
    text = decode_text(text.encode(), "x", YAML_LIMIT)
    if kind in MARKDOWN_SCHEMAS:
        parts = front_matter.parse(text, "x")
        return MARKDOWN_SCHEMAS[kind].read(
            kind, parts.front_matter, report, slug=document.slug, lang=document.lang, body=parts.body
        ), report.errors
    return DOCUMENT_TYPES[kind].read(kind, yaml_tree.parse(text, "x"), report), report.errors


def test_every_kind_is_tried() -> None:
    """Alerts are covered by tests/alerts, forms by tests/submissions."""
    assert set(DOCUMENTS) == set(DOCUMENT_TYPES) - set(ALERT_SCHEMAS) - {"form"}


def test_the_fields_of_every_kind_are_the_frozen_ones() -> None:
    """Records and content files of earlier releases stay valid.

    After an intended change run `python -m tests.support.document_fields`.
    """
    assert describe_documents() == json.loads(VECTOR.read_text("utf-8"))


@given(ANY)
def test_fields_lead_back_to_the_document(case: tuple[str, Any]) -> None:
    kind, document = case
    fields = to_fields(kind, document)
    again = from_fields(kind, json.loads(canonical(fields)))
    assert again == document
    assert fields_digest(to_fields(kind, again)) == fields_digest(fields)


@given(ANY)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_file_leads_back_to_the_document(case: tuple[str, Any]) -> None:
    kind, document = case
    text = to_file_text(kind, document)
    again, errors = read_file(kind, text, document)
    assert errors == []
    assert again == document
    assert to_file_text(kind, again) == text


@pytest.mark.anyio
@given(
    documents=st.lists(
        DOCUMENTS["guide"].filter(lambda guide: guide.lang == "fr"), max_size=4, unique_by=lambda guide: guide.slug
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
async def test_export_then_import_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    store: SqliteStore,
    documents: list[model.Guide],
) -> None:
    """The bodies are plain words, as random ones would fail the checks of links and HTML."""
    await store.erase(Collection.CONTENT, list(await held(store)))
    folder = tmp_path_factory.mktemp("export")
    for document in documents:
        fields = to_fields("guide", document) | {"body": "Texte."}
        body = {"kind": "guide", "fields": fields, "imported": fields_digest(fields)}
        await store.write(Collection.CONTENT, [Write(document_id("guide", document, "fr"), body)])
    before = await held(store)
    await export_folder(store, folder)
    report = await import_folder(store, folder)
    assert report.unchanged == tuple(sorted(before))
    assert await held(store) == before


NAMES = st.sampled_from(
    ["slug", "lang", "title", "body", "sources", "harms", "steps", "country", "name", "places", "topics", "titles"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(DOCUMENT_TYPES)), st.dictionaries(TEXT | NAMES, JSON, max_size=4))
def test_any_stored_json_is_a_document_or_is_refused(kind: str, data: Any) -> None:
    try:
        value = from_fields(kind, data, "id")
    except BadContent as error:
        refusal = error
    else:
        assert from_fields(kind, to_fields(kind, value)) == value
        return
    assert refusal.path == "id"
    assert refusal.text()


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "---\n",
                "---\n",
                "a",
                ": ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                '"',
                "'",
                "&a ",
                "*a",
                "!x ",
                "|\n",
                ">\n",
                "  ",
                "\n",
                "\t",
                "#",
                "? ",
                "%",
                "...",
                ",",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_yaml_file_is_a_tree_or_is_refused_with_a_line_of_the_file(text: str) -> None:
    errors = []
    for parse in (yaml_tree.parse, front_matter.parse):
        try:
            decoded = decode_text(text.encode("utf-8", "surrogatepass"), "x", YAML_LIMIT)
            parse(decoded, "x")
        except BadContent as error:
            errors.append(error)
    last_line = text.count("\n") + text.count("\r") + 1
    assert all(1 <= error.line <= last_line and error.text() for error in errors)


def test_no_script_is_written_as_numbers() -> None:
    assert to_yaml({"titre": "𞤀𞤣𞤤𞤢𞤥 😀", "texte": "ɲɛ ŋ"}) == "titre: 𞤀𞤣𞤤𞤢𞤥 😀\ntexte: ɲɛ ŋ\n"


def test_paths_and_ids() -> None:
    guide = model.Guide("a", "bm", "A", "x")
    route, places = model.ComplaintRoute("ANY", ()), model.Places("ML", "", ())
    assert (path_of("guide", guide), document_id("guide", guide, "fr")) == ("guides/a/bm.md", "guide:a:bm")
    assert (path_of("route", route), document_id("route", route, "fr")) == ("routes/ANY.yaml", "route:ANY:fr")
    assert (path_of("places", places), document_id("places", places, "fr")) == ("places/ML.yaml", "places:ML")
    assert (path_of("topics", ()), document_id("topics", (), "fr")) == ("topics.yaml", "topics")
