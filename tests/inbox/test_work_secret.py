"""One secret for all processes of a store, made once."""

from __future__ import annotations

import pytest

from server.inbox.work_secret import WORK_SECRET_ID, load_work_secret
from sync.store.contract import Collection
from tests.support.inbox_site import InboxSite

pytestmark = pytest.mark.anyio


async def test_all_processes_get_the_same_secret_and_a_calm_site_has_none(inbox_site: InboxSite) -> None:
    store = inbox_site.site.services.store
    assert await store.get(Collection.JOURNAL, WORK_SECRET_ID) is None
    secrets = [await load_work_secret(store) for _ in range(3)]
    assert len(secrets[0]) == 32
    assert set(secrets) == {secrets[0]}
