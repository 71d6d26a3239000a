"""Parts of forms that stand apart from the edition are answered by digest, and at an address for older apps."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.canonical import digest
from sync.editions.page import digests_apart
from tests.support.inbox_site import InboxSite, running_inbox_site

pytestmark = pytest.mark.anyio

# The part as an app of release 0.1.0 finds it in the page that it is answered.
OLDER_PART = re.compile(r"<script\b[^>]*\bdata-part=[\"']?(\d+)[\"']?[^>]*>(.*?)</script>", re.DOTALL)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path) as inbox_site:
        yield inbox_site


async def names_of(site: InboxSite) -> list[str]:
    return digests_apart((await site.client.get("/fr-ML/forms/visite")).text)


async def test_the_feed_has_the_forms_page_and_not_its_questions(site: InboxSite) -> None:
    feed = (await site.client.get("/feed/fr-ML")).text
    assert "forms/visite" in feed
    assert "Combien de femmes" not in feed


async def test_a_part_is_answered_by_its_digest(site: InboxSite) -> None:
    [name] = await names_of(site)
    answer = await site.client.post("/feed/fr-ML/pages", json=[name])
    body = json.loads(answer.text)["body"]
    assert digest(body) == name
    assert "Combien de femmes" in body


async def test_an_older_app_finds_the_part_at_its_address(site: InboxSite) -> None:
    answer = await site.client.get("/fr-ML/forms/visite/2")
    [(number, text)] = OLDER_PART.findall(answer.text)
    assert number == "2"
    assert json.loads(text)["form"] == "visite"
    assert (await site.client.get("/fr-ML/forms/visite/3")).status_code == 404
    assert (await site.client.get("/fr-ML/forms/visite/0")).status_code == 404


async def test_pruning_keeps_the_parts_that_a_kept_edition_names(site: InboxSite) -> None:
    [name] = await names_of(site)
    archive = site.site.services.archive
    await archive.prune(["fr-ML"], 10**12)
    assert await archive.missing([name]) == set()
