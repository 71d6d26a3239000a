"""The doctor on hubs: problems of replications, repaired where possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.hubs import hub_administration, replications
from server.hubs.hub_administration import VALIDATION_DOCUMENT
from sync.store.administration import REPLICATOR
from sync.store.contract import Collection
from sync.store.open_store import open_couch_admin
from tests.support.couch_operator import CouchOperator
from tests.support.small_site import running_site
from tests.support.store_backends import REAL_COUCHDB, fresh_prefix, real_couchdb_address
from tests.support.two_sites import NAME, SiteNode, remove_databases

pytestmark = pytest.mark.anyio

if REAL_COUCHDB:

    async def test_a_missing_replication_and_a_missing_fence_are_mended(tmp_path: Path) -> None:
        store = real_couchdb_address(fresh_prefix())
        try:
            async with running_site(tmp_path, store=store) as site, open_couch_admin(store) as place:

                async def found() -> set[str]:
                    return {finding.code for finding in await site.services.doctor.examine()} - {
                        "disk-low",
                        "key-next-here",
                    }

                assert await found() == set()
                await hub_administration.add_hub(place, NAME, "https://couch.example.org")
                assert await found() == set()
                road = replications.headquarters_replications(place.prefix, [NAME])[-1]
                await place.delete_document(REPLICATOR, road.document_id)
                await place.delete_document(
                    replications.collection_database(place.prefix, Collection.EDITIONS), VALIDATION_DOCUMENT
                )
                assert await found() == {"hub-road", "hub-fence"}
                for finding in await site.services.doctor.examine():
                    if finding.fix:
                        await finding.fix()
                assert await found() == set()
        finally:
            remove_databases(SiteNode(CouchOperator(REAL_COUCHDB), tmp_path, store))
