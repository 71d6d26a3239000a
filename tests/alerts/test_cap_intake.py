"""Foreign messages become drafts of ours: once, with what they say, and by a person who answers for it."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.alerts.cap_intake import ReceivedState
from server.alerts.drafts import with_approval
from server.alerts.watched_feeds import WatchedFeed
from sync.alerts.alert import replaced_slugs
from sync.errors import Conflict, Refused
from tests.support.sample_cap import (
    CORPUS,
    cancel_xml,
    cap_info,
    cap_xml,
    make_certificate,
    pem_of,
    sign_cap,
)
from tests.support.unpublished_site import UnpublishedSite, unpublished_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[UnpublishedSite]:
    async with unpublished_site(tmp_path) as running:
        yield running


async def relay(site: UnpublishedSite, raw: bytes) -> str:
    """Receive a message, draft and send it; returns the slug of the alert."""
    services = site.services
    received = await services.cap_intake.take_in(raw, "x")
    draft = await services.cap_intake.make_draft(received, "awa", services.translator.language_of)
    alert = await services.alerts.send(draft.to_alert(), "awa")
    await services.alerts.drafts.delete(draft)
    return alert.slug


async def test_a_message_is_received_once_and_drafted_once(site: UnpublishedSite) -> None:
    intake, language_of = site.services.cap_intake, site.services.translator.language_of
    first, again = [await intake.take_in(cap_xml(), address) for address in ("a.xml", "b.xml")]
    assert first == again
    assert len(await intake.received.all()) == 1
    draft = await intake.make_draft(first, "awa", language_of)
    assert draft.fields["info"]["fr"]["event"] == "Orages"
    with pytest.raises(Refused):
        await intake.make_draft(first, "binta", language_of)
    assert (await intake.load_situation()).state_of(first) is ReceivedState.DRAFTED


async def test_another_feed_cannot_take_the_place_of_a_message(site: UnpublishedSite) -> None:
    intake = site.services.cap_intake
    feed = await intake.feeds.add(WatchedFeed("", "https://meteo.exemple/a", "Météo", "fr"))
    forged = await intake.take_in(cap_xml(cap_info(headline="Rien à craindre")), "x")
    true = await intake.take_in(cap_xml(), "y", feed)
    assert {one.title for one in await intake.received.all()} == {"Rien à craindre", true.title}
    assert forged.id != true.id


async def test_the_signature_is_judged_by_the_feeds_certificate(site: UnpublishedSite) -> None:
    intake = site.services.cap_intake
    certificate, key = make_certificate("meteo.exemple")
    feed = WatchedFeed("f", "https://meteo.exemple/a", "Météo", "fr", pem_of(certificate))
    assert (await intake.take_in(sign_cap(cap_xml(), certificate, key), "x", feed)).signature.status == "valid"
    assert (await intake.take_in(sign_cap(cap_xml(), certificate, key), "x")).signature.status == "unknown"


async def test_updates_and_cancels_of_the_source_propose_ours(site: UnpublishedSite) -> None:
    intake, language_of = site.services.cap_intake, site.services.translator.language_of
    slug = await relay(site, cap_xml())
    update = await intake.take_in(
        cap_xml(cap_info(severity="Moderate"), identifier="b", msg_type="Update", references=["exemple-1"]), "x"
    )
    cancel = await intake.take_in(cancel_xml("c", "exemple-1"), "x")
    situation = await intake.load_situation()
    assert [situation.state_of(one) for one in (update, cancel)] == [ReceivedState.UPDATES, ReceivedState.ENDS]
    draft = await intake.make_draft(update, "awa", language_of, slug)
    assert (draft.fields["msgType"], draft.fields["references"], draft.fields["severity"]) == (
        "Update",
        [slug],
        "Moderate",
    )
    assert draft.fields["origin"]["identifier"] == "b"
    with pytest.raises(Conflict):
        await intake.make_draft(cancel, "awa", language_of, "autre")
    ending = await intake.make_draft(cancel, "awa", language_of, slug)
    assert ending.fields["origin"]["identifier"] == "c"
    sent = await site.services.alerts.send(ending.to_alert(), "awa")
    assert (sent.msgType, sent.references) == ("Cancel", (slug,))


async def test_a_message_about_two_alerts_of_ours_changes_each_by_a_draft_of_its_own(site: UnpublishedSite) -> None:
    intake, language_of = site.services.cap_intake, site.services.translator.language_of
    slugs = [await relay(site, cap_xml(identifier=name)) for name in ("a", "b")]
    cancel = await intake.take_in(cancel_xml("fin", "a", "b"), "x")
    open_slugs = []
    for slug in slugs:
        situation = await intake.load_situation()
        assert situation.state_of(cancel) is ReceivedState.ENDS
        open_slugs.append({alert.slug for alert in situation.targets(cancel)})
        draft = await intake.make_draft(cancel, "awa", language_of, slug)
        assert draft.fields["references"] == [slug]
        with pytest.raises((Conflict, Refused)):  # once for each
            await intake.make_draft(cancel, "binta", language_of, slug)
    assert open_slugs == [set(slugs), {slugs[1]}]
    assert (await intake.load_situation()).state_of(cancel) is ReceivedState.DRAFTED
    for draft in await site.services.alerts.drafts.all():
        await site.services.alerts.send(draft.to_alert(), "awa")
        await site.services.alerts.drafts.delete(draft)
    assert (await intake.load_situation()).state_of(cancel) is ReceivedState.SENT
    alerts = (await site.services.alerts.load_library()).alerts
    assert set(slugs) <= replaced_slugs(alerts)


async def test_the_end_of_a_message_is_about_our_newest_alert_in_force(site: UnpublishedSite) -> None:
    intake = site.services.cap_intake
    slug = await relay(site, cap_xml(identifier="a"))
    update = await intake.take_in(cap_xml(identifier="b", msg_type="Update", references=["a"]), "x")
    newer = await intake.make_draft(update, "awa", site.services.translator.language_of, slug)
    await site.services.alerts.send(newer.to_alert(), "awa")
    await site.services.alerts.drafts.delete(newer)
    cancel = await intake.take_in(cancel_xml("fin", "a", "b"), "x")
    assert [alert.slug for alert in (await intake.load_situation()).targets(cancel)] == [newer.slug]
    forged = replace(cancel, references=(("autre@exemple", "b"),))
    assert (await intake.load_situation()).targets(forged) == []


async def test_an_update_of_what_nobody_relayed_is_a_new_alert_and_a_cancel_is_none(site: UnpublishedSite) -> None:
    intake, language_of = site.services.cap_intake, site.services.translator.language_of
    update = await intake.take_in(cap_xml(identifier="b", msg_type="Update", references=["a"]), "x")
    draft = await intake.make_draft(update, "awa", language_of)
    assert "references" not in draft.fields
    assert draft.to_alert().msgType == "Alert"
    cancel = await intake.take_in(cancel_xml("c", "z"), "x")
    assert (await intake.load_situation()).state_of(cancel) is ReceivedState.IDLE
    with pytest.raises(Refused):
        await intake.make_draft(cancel, "awa", language_of)


async def test_nobody_approves_a_text_for_which_nobody_answers(site: UnpublishedSite) -> None:
    intake = site.services.cap_intake
    received = await intake.take_in(cap_xml(cap_info(severity="Extreme")), "x")
    draft = await intake.make_draft(received, "", site.services.translator.language_of)
    with pytest.raises(Refused):
        with_approval(draft, "awa")


async def test_old_messages_go_and_relayed_ones_stay(site: UnpublishedSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.alerts.received_alerts.MAX_RECEIVED", 2)
    intake = site.services.cap_intake
    feed = await intake.feeds.add(WatchedFeed("", "https://meteo.exemple/a", "Météo", "fr"))
    messages = []
    for number in range(5):
        messages.append(await intake.take_in(cap_xml(identifier=f"m{number}"), "x", feed))
        site.clock.pass_time(minutes=1)
    await intake.received.prune(feed.id, frozenset({messages[0].message}))
    assert {one.identifier for one in await intake.received.all()} == {"m0", "m3", "m4"}
    assert await intake.received.load_message(messages[1].message) is None
    assert await intake.received.load_message(messages[0].message)


if CORPUS.is_dir():

    async def test_of_messages_of_others_all_that_say_something_become_drafts(
        site: UnpublishedSite,
    ) -> None:
        intake, language_of = site.services.cap_intake, site.services.translator.language_of
        refused: dict[str, set[str]] = {}
        drafted = []
        for path in sorted(CORPUS.glob("[0-9]*")):
            received = await intake.take_in(path.read_bytes(), path.name)
            if received.reasons:
                refused[path.name[:2]] = {reason.code for reason in received.reasons}
                continue
            site.clock.now = datetime.datetime.fromisoformat(received.sent)
            draft = await intake.make_draft(received, "awa", language_of)
            drafted.append(path.name[:2])
            await site.services.alerts.drafts.delete(draft)  # 02 and 03 carry one identifier
            proposal = await intake.propose(received)
            named = {field.name for field in proposal.open_fields}
            for name in ("severity", "urgency", "certainty", "expires", "geocode"):
                assert name in draft.fields or name in named, (path.name, name)
        assert len(drafted) == 15
        assert "17" in drafted
        assert refused == {
            "08": {"cap-missing"},
            "09": {"cap-no-info"},
            "10": {"cap-empty"},
            "13": {"xml-document-type"},
        }
