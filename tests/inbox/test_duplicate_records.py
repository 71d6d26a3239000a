"""One submission stored under two record ids, by two processes or nodes: it counts once and is not lost."""

from __future__ import annotations

import pytest

from server.inbox.service import InboxService
from server.inbox.submission_index import SubmissionFilter
from sync.store.contract import Collection, NotDurable, Outcome, Saved, Write
from sync.submissions.body_lines import read_lines
from tests.support.inbox_site import SITE, InboxSite
from tests.support.phone_simulator import FilledForm, PhoneSimulator

pytestmark = pytest.mark.anyio
FIRST, SECOND = "submission:000001:", "submission:000002:"


async def names(inbox_site: InboxSite) -> list[str]:
    return [
        record.id
        for record in await inbox_site.site.services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    ]


async def twice(inbox_site: InboxSite) -> FilledForm:
    """One submission under two record ids, signed twice, as by a phone that signed again."""
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que"})
    bodies = ({"text": filled.text, "signature": letter * 86} for letter in "ab")
    writes = [Write(name + filled.id, body) for name, body in zip((FIRST, SECOND), bodies, strict=True)]
    for outcome in await inbox_site.site.services.store.write(Collection.FEEDBACK, writes):
        assert isinstance(outcome, Saved)
    return filled


async def test_it_counts_once_while_both_are_there(inbox_site: InboxSite) -> None:
    filled = await twice(inbox_site)
    services = inbox_site.site.services
    assert len(await names(inbox_site)) == 2
    assert [entry.submission.id async for entry in services.inbox.open_reader().read_all()] == [filled.id]
    assert [row.id for row in await services.submission_index.find(SubmissionFilter())] == [filled.id]


async def test_the_name_that_sorts_first_is_kept(inbox_site: InboxSite) -> None:
    filled = await twice(inbox_site)
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await names(inbox_site) == [FIRST + filled.id]
    [verdict] = await inbox_site.send(filled.line)
    assert verdict["verdict"] == "accepted"
    assert await names(inbox_site) == [FIRST + filled.id]


async def test_a_repeat_under_a_new_name_goes_again(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que"})
    await inbox_site.send(filled.line)
    [own] = await names(inbox_site)
    store = inbox_site.site.services.store
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    await store.write(Collection.FEEDBACK, [Write(f"submission:g:{filled.id}", {"text": filled.text})])
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await names(inbox_site) == [own]


async def test_a_kept_name_without_a_record_gets_one_first(inbox_site: InboxSite) -> None:
    """Assigned here and not yet written, while another process wrote it under its own id."""
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que"})
    store = inbox_site.site.services.store
    own = inbox_site.site.services.inbox.node_cache.record_id(filled.id)
    await store.write(Collection.FEEDBACK, [Write(f"submission:g:{filled.id}", {"text": filled.text})])
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await names(inbox_site) == [own]


async def test_neither_goes_while_the_kept_one_is_not_safe(
    inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = await twice(inbox_site)
    store = inbox_site.site.services.store

    async def later(room: Collection, writes: list[Write]) -> list[Outcome]:
        return [NotDurable(write.id) for write in writes]

    monkeypatch.setattr(store, "write", later)
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    monkeypatch.undo()
    assert await names(inbox_site) == [FIRST + filled.id, SECOND + filled.id]
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await names(inbox_site) == [FIRST + filled.id]


async def test_what_another_process_took_just_now_can_be_taken_back_here(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], {"message": "On dit que"})
    services = inbox_site.site.services
    await services.inbox.node_cache.ensure_loaded()
    other = InboxService(services.settings, services.store, services.current_editions, services.clock)
    [verdict] = await other.receive(read_lines(filled.line.encode()))
    assert verdict.verdict == "accepted"
    answer = await inbox_site.client.post("/inbox/withdrawals", json={"id": filled.id, "secret": filled.secret})
    assert answer.status_code == 200
    assert await names(inbox_site) == []


async def test_an_erased_one_goes_under_both_names(inbox_site: InboxSite) -> None:
    filled = await twice(inbox_site)
    services = inbox_site.site.services
    await services.inbox.node_cache.ensure_loaded()
    await services.inbox.erase(filled.id, "asked")
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await names(inbox_site) == []
    assert [entry async for entry in services.inbox.open_reader().read_all()] == []
