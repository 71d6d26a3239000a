"""Published notices for others over HTTP: in the page, as JSON and as Atom; what is not published stays inside."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from server.reader import notice_views
from sync.content.stored import library_from_store
from sync.notices.claim_review import ReviewedNotice, claim_review
from sync.store.contract import Collection, Write
from tests.support.content_folder import GOOD
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
PAGE = "/fr-ML/notices/megas"
NOTICE_FILE = "notices/megas/fr.md"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SITE_FILE = GOOD["site.yaml"] + f"licence: {LICENCE}\nchecking: {{fr: Notre méthode.}}\n"
FILES = dict(GOOD) | {"site.yaml": SITE_FILE}
CORRECTED = GOOD[NOTICE_FILE].replace(
    "keywords:", 'corrections: [{day: "2026-11-25", text: "Nous avions écrit 5 Go."}]\nupdated: "2026-11-25"\nkeywords:'
)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path, FILES) as site:
        yield site


async def reviews(site: Site) -> list[dict[str, Any]]:
    feed = (await site.client.get("/notices.json")).json()
    return [element["item"] for element in feed["dataFeedElement"]]


def data_in(page: str) -> dict[str, Any]:
    [text] = re.findall(r"<script type=application/ld\+json>(.*?)</script>", page)
    data: dict[str, Any] = json.loads(text)
    return data


async def test_the_page_and_the_feed_carry_the_same_review(site: Site) -> None:
    page = data_in((await site.client.get(PAGE)).text)
    [listed] = await reviews(site)
    assert page == {"@context": "https://schema.org", **listed}
    assert listed["url"] == f"http://site{PAGE}"
    assert listed["author"]["correctionsPolicy"] == "http://site/fr-ML/checking"
    assert "ld+json" not in (await site.client.get("/fr-ML/guides/compte")).text


async def test_what_the_network_reader_gets_more_is_in_no_phone_s_feed(site: Site) -> None:
    assert "ld+json" not in (await site.client.get("/feed/fr-ML")).text


async def test_a_text_that_is_approved_and_not_published_is_not_told(site: Site) -> None:
    store = site.services.store
    record = await store.get(Collection.CONTENT, "notice:megas:fr")
    assert record
    fields = record.body["fields"] | {"claim": "Autre chose"}
    await store.write(Collection.CONTENT, [Write(record.id, {**record.body, "fields": fields}, record.rev)])
    assert (await library_from_store(store)).notices["megas", "fr"].claim == "Autre chose"
    [listed] = await reviews(site)
    assert listed["claimReviewed"] == "Cliquez ici : 50 Go offerts"


async def test_a_correction_is_on_the_page_in_the_edition_and_in_both_feeds(site: Site) -> None:
    before = (await site.client.get("/notices.atom")).headers["etag"]
    await site.publish({NOTICE_FILE: CORRECTED})
    page = (await site.client.get(PAGE)).text
    assert "Corrigé le 25 novembre 2026" in page.replace("\u00a0", " ")
    assert "Nous avions écrit 5 Go." in page
    assert "Nous avions écrit" in (await site.client.get("/feed/fr-ML")).text, "phones get it with the edition"
    [listed] = await reviews(site)
    assert listed["correction"][0]["datePublished"] == "2026-11-25"
    answer = await site.client.get("/notices.atom", headers={"if-none-match": before})
    assert answer.status_code == 200
    [entry] = feedparser.parse(answer.content).entries
    assert "Nous avions écrit 5 Go." in entry.summary
    assert entry.updated == "2026-11-25T00:00:00Z"


async def test_the_atom_feed_is_read_by_others_and_costs_nothing_when_it_is_the_same(site: Site) -> None:
    answer = await site.client.get("/notices.atom")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    [entry] = feed.entries
    assert entry.link == f"http://site{PAGE}"
    assert entry.title == "Arnaque : Mégas gratuits"
    assert entry.tags[0].term == "scam"
    assert feed.feed.id == "tag:essai,2026:notices"
    for path in ("/notices.atom", "/notices.json"):
        tag = (await site.client.get(path)).headers["etag"]
        again = await site.client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_feed_is_written_once_for_an_edition_however_many_ask(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def count(reviewed: ReviewedNotice, *others: Any) -> dict[str, Any]:
        written.append(reviewed.url)
        return claim_review(reviewed, *others)

    monkeypatch.setattr(notice_views, "claim_review", count)
    for _ in range(3):
        await reviews(site)
    assert len(written) == 1
    await site.publish({NOTICE_FILE: CORRECTED})
    [review] = await reviews(site)
    assert review["correction"] and len(written) == 2


async def test_words_that_end_a_script_stay_words(site: Site) -> None:
    hostile = GOOD[NOTICE_FILE].replace("50 Go offerts", "</script><script>alert(1)</script>")
    await site.publish({NOTICE_FILE: hostile})
    page = (await site.client.get(PAGE)).text
    assert "<script>alert" not in page
    assert data_in(page)["claimReviewed"].endswith("</script><script>alert(1)</script>")


async def test_the_page_about_the_method_is_linked_from_the_notice(site: Site) -> None:
    assert "../checking" in (await site.client.get(PAGE)).text
    method = (await site.client.get("/fr-ML/checking")).text
    assert "Notre méthode." in method
    assert "/notices.json" in method


async def test_a_notice_is_forgotten_when_no_edition_has_its_page(site: Site) -> None:
    store, archive = site.services.store, site.services.archive
    kept = await published(site)
    await store.write(Collection.EDITIONS, [Write("notice:of-no-page", {"fields": {}})])
    await archive.prune(["fr-ML", "bm-ML"], 1)
    assert await published(site) == kept != set()


async def published(site: Site) -> set[str]:
    records = await site.services.store.scan(Collection.EDITIONS, "notice:", "notice;")
    return {record.id for record in records}
