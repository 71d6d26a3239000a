"""Drafts stay at headquarters, and a replication defined by an earlier release is reported and defined anew."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.hubs import hub_administration, replication_status, replications, staging_cleanup
from server.hubs.replication_status import ReplicationHealth
from sync.errors import Refused
from sync.store.administration import REPLICATOR, USERS, CouchAdmin
from sync.store.cache_records import COLLECTION
from tests.support.memory_couch import MemoryCouch
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio

EARLIER_SELECTOR = {"_id": {"$regex": "^(?!_design/|draft:|aside:|past:)"}}


def content_replication() -> replications.Replication:
    return replications.headquarters_replications("hq", ["kayes"])[0]


@pytest.mark.parametrize(
    ("id", "goes_down"),
    [
        ("guide:argent:fr", True),
        ("alert:crue", True),
        ("site", True),
        ("topics", True),
        ("media:x.webp", True),
        ("authorities:ML:fr", True),
        ("brief:0001", False),
        ("sitemap", False),
        ("language:bm", False),
        ("alert-draft:crue", False),
        ("received-alert:x", False),
        ("alert-feed:x", False),
        ("~blob:x", False),
        ("draft:guide:argent:fr", False),
        ("aside:guide:argent:fr:1", False),
        ("past:guide:argent:fr:1", False),
        ("returned:guide:argent:fr:1", False),
        ("remark:guide:argent:fr:1:a", False),
        ("undo:awa", False),
        ("_design/kunnafoni-hubs", False),
    ],
)
def test_documents_and_media_alone_go_to_hubs(id: str, goes_down: bool) -> None:
    assert bool(re.search(content_replication().id_pattern, id)) == goes_down


ID = "H" * 42 + "E"
RELEASED = (  # written by hubs of release 0.1.0
    {"_id": f"submission:00a1b2:{ID}", "text": "{}", "signature": "A"},
    {"_id": f"submission:{ID}", "text": "{}"},
    {"_id": f"received:{ID}:hub", "day": "2026-11-24", "road": "direct"},
    {"_id": f"file:{ID}", "bytes": 5},
    {"_id": f"file:{ID}", "bytes": 5, "whole": True},
    {"_id": f"piece:{ID}:000", "data": "AA=="},
    {"_id": f"withdrawal:{ID}", "secret": "A", "day": "2026-11-24"},
    {"_id": "hub:kayes", "when": "", "contact": "", "channels": [], "roads": {}},
    {"_id": "count:2026-11-24", "n": 1},
)
REFUSED = (
    {"_id": f"submission:00a1b2:{ID}"},
    {"_id": f"submission:00a1b2:{ID}", "text": 5},
    {"_id": f"submission:00a1b2:{ID}", "text": "{}", "signature": []},
    {"_id": f"submission:a:b:{ID}", "text": "{}"},
    {"_id": "submission:00a1b2:short", "text": "{}"},
    {"_id": f"submission:00a1b2:{ID}", "_deleted": True},
    {"_id": f"received:{ID}:hq", "day": "2026-11-24"},
    {"_id": f"received:{ID}:mopti", "day": "2026-11-24"},
    {"_id": f"received:{ID}:kayes", "day": 5},
    {"_id": f"file:{ID}", "bytes": "5"},
    {"_id": f"piece:{ID}:000", "data": None},
    {"_id": f"withdrawal:{ID}", "day": "2026-11-24"},
    {"_id": "hub:mopti", "when": ""},
    {"_id": f"receipt:{ID}", "date": "2026-11-24"},
    {"_id": f"answer:{ID}", "text": "x"},
    {"_id": f"erased:{ID}", "day": "2026-11-24"},
    {"_id": "_design/other"},
    {"_id": "site", "fields": {}},
)


def verdicts(documents: Sequence[Mapping[str, Any]], *, role: str = "hq-hub", before: Any = None) -> list[bool]:
    """True for each document that the fence of `up-kayes` lets an account with this role write."""
    validation = replications.validation_document(replications.SUBMISSIONS_ONLY_VALIDATION, "hq", "kayes")
    script = f"""const fence = {validation["validate_doc_update"]};
        const verdicts = {json.dumps(documents)}.map((document) => {{
          try {{ fence(document, {json.dumps(before)}, {{ roles: ["{role}"] }}); return true; }}
          catch (refusal) {{ if (!refusal.forbidden) throw refusal; return false; }}
        }});
        console.log(JSON.stringify(verdicts));"""
    process = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return list(json.loads(process.stdout))


def test_the_fence_lets_through_what_hubs_of_the_last_release_send() -> None:
    assert verdicts(RELEASED) == [True] * len(RELEASED)
    assert verdicts([{"_id": f"received:{ID}:kayes", "day": "2026-11-24"}]) == [True]


def test_the_fence_refuses_other_kinds_shapes_and_names() -> None:
    assert verdicts(REFUSED) == [False] * len(REFUSED)
    assert verdicts(REFUSED, role="_admin") == [True] * len(REFUSED)


def test_a_hub_cannot_replace_a_text_that_it_sent() -> None:
    sent = {"_id": f"submission:00a1b2:{ID}", "text": "{}"}
    assert verdicts([sent, {**sent, "text": "[]"}], before=sent) == [True, False]
    assert verdicts([{**sent, "text": "[]"}], before={**sent, "_deleted": True}) == [True]


@pytest.mark.parametrize(
    ("name", "ids"),
    [("kayes", {"hub", "kayes"}), ("hq", {"hub"})],
)
def test_headquarters_takes_no_arrival_in_its_own_name_from_a_hub(name: str, ids: set[str]) -> None:
    expected = replications.headquarters_replications("hq", [name])
    [feedback] = [replication for replication in expected if replication.name == f"hq-up-{name}-feedback"]
    names = {"hub", "kayes", "hq", "mopti"}
    assert {node for node in names if re.search(feedback.id_pattern, f"received:{ID}:{node}")} == ids
    assert re.search(feedback.id_pattern, f"submission:00a1b2:{ID}")
    assert not re.search(feedback.id_pattern, f"receipt:{ID}")


@pytest.mark.parametrize("name", ["hq", "hub"])
async def test_a_hub_with_a_name_of_headquarters_is_not_added(name: str) -> None:
    with pytest.raises(Refused):
        await hub_administration.add_hub(MemoryCouch(), name, "https://couch.example.org")


@pytest.mark.parametrize(
    "address",
    ["", "couch.example.org", "ftp://h", "https://", "https://[h", "https://h:99999", "https://h:0", "https://h/x"],
)
async def test_a_hub_is_not_added_for_an_address_that_is_none(address: str) -> None:
    with pytest.raises(Refused, match="hub-address"):
        await hub_administration.add_hub(MemoryCouch(), "kayes", address)


async def test_a_replication_with_another_selector_is_missing_until_it_is_repaired() -> None:
    couch: CouchAdmin = MemoryCouch()
    await hub_administration.add_hub(couch, "kayes", "https://couch.example.org")
    expected = replications.headquarters_replications("hq", ["kayes"])

    async def health() -> list[ReplicationHealth]:
        return [state.health for state in await replication_status.load_states(couch, expected)]

    assert set(await health()) == {ReplicationHealth.CURRENT}
    earlier = {**expected[0].to_document(couch, couch), "selector": EARLIER_SELECTOR}
    await couch.put_document(REPLICATOR, expected[0].document_id, earlier)
    assert await health() == [ReplicationHealth.MISSING] + [ReplicationHealth.CURRENT] * (len(expected) - 1)
    await hub_administration.repair(couch)
    assert set(await health()) == {ReplicationHealth.CURRENT}


async def test_the_doctor_defines_a_replication_of_an_earlier_release_anew(tmp_path: Path) -> None:
    couch = MemoryCouch()
    await hub_administration.add_hub(couch, "kayes", "https://couch.example.org")
    couch.databases[REPLICATOR][content_replication().document_id]["selector"] = EARLIER_SELECTOR

    @asynccontextmanager
    async def open_couch() -> AsyncIterator[CouchAdmin]:
        yield couch

    async with running_site(tmp_path) as site:
        doctor = replace(site.services.doctor, open_couch=open_couch)
        [finding] = [finding for finding in await doctor.examine() if finding.code.startswith("hub-")]
        assert finding.values["name"] == "hq-down-content"
        assert finding.fix
        await finding.fix()
        assert couch.databases[REPLICATOR][content_replication().document_id]["selector"] == (
            content_replication().selector
        )
        assert not [finding for finding in await doctor.examine() if finding.code.startswith("hub-")]


async def test_alert_drafts_that_an_earlier_release_sent_down_are_purged(tmp_path: Path) -> None:
    couch = MemoryCouch()
    async with running_site(tmp_path) as site:
        assert await staging_cleanup.clean_up(couch, site.services.store, lambda id: None) == 0  # no hub, no database
        await hub_administration.add_hub(couch, "kayes", "https://couch.example.org")
        for id in ("alert-draft:crue", "alert:crue"):
            await couch.put_document(replications.down_database("hq"), id, {"kind": "alert"})
        assert await staging_cleanup.clean_up(couch, site.services.store, lambda id: None) == 1
        down = couch.databases[replications.down_database("hq")]
        assert "alert-draft:crue" not in down
        assert "alert:crue" in down


def test_no_replication_reads_or_writes_the_collection_of_caches() -> None:
    """Caches travel on no road: no page comes into an edition from outside."""
    roads = [
        *replications.headquarters_replications("siege", ["kayes", "mopti"]),
        *replications.hub_replications("relais", "siege", "kayes", ["fr-ML"]),
        *replications.hub_replications("relais", "siege", "kayes", []),
        *replications.hub_replications("relais", "siege", "kayes", [], downloads=True),
    ]
    databases = {name for road in roads for name in (road.source, road.target)}
    assert "siege-editions" in databases
    assert {name for name in databases if name.endswith(f"-{COLLECTION.value}")} == set()


async def test_a_replacement_hub_gets_an_account_of_its_own() -> None:
    """CouchDB locks an account after wrong passwords, and an old box goes on asking with its own."""
    couch = MemoryCouch()
    await couch.put_document(USERS, "org.couchdb.user:hq-hub-kayes", {"name": "hq-hub-kayes"})  # of release 0.1.0
    await couch.put_document(USERS, "org.couchdb.user:hq-hub-kayes-2.aa0000", {"name": "hq-hub-kayes-2.aa0000"})
    accounts = []
    for _ in range(2):
        address = (await hub_administration.add_hub(couch, "kayes", "https://couch.example.org")).address
        accounts.append(address.removeprefix("couchdbs://").partition(":")[0])
        assert set(couch.databases[USERS]) == {
            f"org.couchdb.user:{accounts[-1]}",
            "org.couchdb.user:hq-hub-kayes-2.aa0000",
        }
    assert accounts[0] != accounts[1]
    assert replications.hub_name("hq", accounts[1]) == "kayes"
    assert await hub_administration.list_hub_names(couch) == ["kayes", "kayes-2"]
    await hub_administration.remove_hub(couch, "kayes")
    assert await hub_administration.list_hub_names(couch) == ["kayes-2"]
