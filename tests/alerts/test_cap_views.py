"""CAP for other programs over HTTP: what the feed lists, what a poller that has it gets, and the signature."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.alerts.cap_signer import CapSigner
from sync.alerts.alert import Alert
from sync.alerts.cap import ATOM_NAMESPACE
from tests.support.cap_certificates import UNTIL, write_cap_certificate
from tests.support.sample_alerts import ALERT, CANCEL
from tests.support.small_site import Site, running_site

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import capvalidator

pytestmark = pytest.mark.anyio
MESSAGE = "/cap/crue-bani-1.xml"
DRAFT = replace(ALERT, sent="", geocode=("ML",), info={"fr": ALERT.info["fr"]})


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path) as site:
        await send(site, DRAFT)
        yield site


async def send(site: Site, alert: Alert) -> None:
    site.services.sign_with(site.keys)
    await site.services.alerts.send(alert, "awa")


async def listed(site: Site) -> list[str]:
    feed = Tree.fromstring((await site.client.get("/cap/alerts.atom")).text)  # noqa: S314  (our own)
    ids = [entry.findtext(f"{{{ATOM_NAMESPACE}}}id") or "" for entry in feed.findall(f"{{{ATOM_NAMESPACE}}}entry")]
    return [id.rpartition("/")[2] for id in ids]


def use_certificate(site: Site, folder: Path) -> None:
    path = write_cap_certificate(folder / "cap.pem", ec.generate_private_key(ec.SECP256R1()))
    site.app.state.cap_signer = CapSigner(str(path), site.clock)


async def test_the_feed_lists_what_is_in_force_and_for_a_day_what_ended(site: Site) -> None:
    assert await listed(site) == ["crue-bani-1"]
    site.clock.pass_time(hours=1)
    await send(site, replace(CANCEL, sent="", geocode=("ML",), references=("crue-bani-1",)))
    assert await listed(site) == ["crue-bani-3"], "what it cancels is gone"
    site.clock.pass_time(hours=25)
    assert await listed(site) == []


async def test_an_expired_alert_leaves_the_feed_a_day_after_its_end(site: Site) -> None:
    site.clock.now = datetime.datetime(2026, 11, 27, 12, tzinfo=datetime.UTC)
    await site.services.alerts.process_due()
    assert await listed(site) == ["crue-bani-1"]
    site.clock.pass_time(hours=12)
    assert await listed(site) == []


async def test_a_poller_that_has_the_feed_or_a_message_gets_nothing_again(site: Site) -> None:
    for address in ("/cap/alerts.atom", MESSAGE):
        tag = (await site.client.get(address)).headers["etag"]
        again = await site.client.get(address, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_message_of_a_site_with_a_certificate_passes_the_strict_validator(site: Site, tmp_path: Path) -> None:
    unsigned = await site.client.get(MESSAGE)
    assert not capvalidator.validate_cap_message(unsigned.content, strict=True).passed
    use_certificate(site, tmp_path)
    signed = await site.client.get(MESSAGE, headers={"if-none-match": unsigned.headers["etag"]})
    assert signed.status_code == 200, "who has it unsigned gets the signature"
    result = capvalidator.validate_cap_message(signed.content, strict=True)
    assert result.passed, result.message
    again = await site.client.get(MESSAGE)
    assert (again.content, again.headers["etag"]) == (signed.content, signed.headers["etag"]), "signed once"


async def test_an_alert_is_never_held_back_by_its_certificate(site: Site, tmp_path: Path) -> None:
    unsigned = (await site.client.get(MESSAGE)).content
    use_certificate(site, tmp_path)
    site.clock.now = UNTIL + datetime.timedelta(seconds=1)
    assert (await site.client.get(MESSAGE)).content == unsigned, "the certificate has ended"
    site.app.state.cap_signer = CapSigner(str(tmp_path / "missing.pem"), site.clock)
    assert (await site.client.get(MESSAGE)).content == unsigned
