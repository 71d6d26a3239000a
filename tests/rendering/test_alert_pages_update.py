"""Alerts in an edition: on the home page and in the shell while in force, a page each, without rendering the rest
again.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.alerts.alert import Alert
from sync.alerts.library_with_alerts import Library
from sync.editions.archive import Archive
from sync.editions.page import compose
from sync.editions.publishing import SigningKeys, plan_publication, publish
from sync.editions.signing import Signer, key_digest
from sync.rendering.alert_pages_update import plan_alerts
from sync.rendering.render import Assets, render
from sync.store.sqlite.store import SqliteStore
from tests.support import sample_library
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE

pytestmark = pytest.mark.anyio

CHANNELS = ("fr-ML", "fr-BF", "en-ML", "bm-ML")
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
KEYS = SigningKeys(Signer.generate(), 1, key_digest(Signer.generate().public_key))


def with_alerts(*alerts: Alert) -> Library:
    return replace(
        sample_library.LIBRARY,
        site=replace(sample_library.SITE, channels=CHANNELS),
        alerts={alert.slug: alert for alert in alerts},
    )


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    store = SqliteStore(tmp_path / "store.db")
    await store.prepare()
    yield Archive(store)
    await store.close()


def test_a_site_without_alerts_has_no_page_of_them() -> None:
    assert not any(path.startswith("alerts") for path in sample_library.pages())
    assert not any(path.startswith("alerts") for path in sample_library.pages(with_alerts(ALERT), "fr-BF"))


def test_an_alert_in_force_stands_on_home_and_in_the_frame() -> None:
    pages = sample_library.pages(with_alerts(ALERT))
    assert list(pages)[:6] == ["_shell", "_missing", "index", "alerts", "alerts/crue-bani-1", "danger"]
    assert "href=/fr-ML/alerts/crue-bani-1" in pages["_shell"]
    link = pages["_shell"].split("<!--alerts-->")[1]
    assert "href=/fr-ML/alerts/crue-bani-1 data-until=1795716000" in link
    assert compose(pages["_shell"], pages["index"]).count("href=/fr-ML/alerts/crue-bani-1") == 1
    for path in ("alerts", "alerts/crue-bani-1"):  # they speak of it themselves
        assert link not in compose(pages["_shell"], pages[path]).replace(pages[path].split("\n", 1)[1], "")
    page = pages["alerts/crue-bani-1"]
    for words in (
        "Danger grave",
        "Jusqu’au 26 novembre 2026 à 18:00",
        "Montez vers les hauteurs.",
        "<p>Prenez les bêtes.",
    ):
        assert words in page


def test_an_update_takes_the_place_and_a_cancel_ends_the_story() -> None:
    updated = sample_library.pages(with_alerts(ALERT, UPDATE))
    assert "alerts/crue-bani-2" in updated["_shell"]
    assert "alerts/crue-bani-1" not in updated["_shell"]
    assert "Un message plus récent la remplace." in updated["alerts/crue-bani-1"]
    ended = sample_library.pages(with_alerts(ALERT, UPDATE, CANCEL))
    assert "crue-bani" not in ended["index"] + ended["_shell"]
    assert "Cette alerte est annulée." in ended["alerts/crue-bani-3"]
    assert ended["alerts"].count("<li>") == 3


def test_what_is_over_leaves_home_and_stays_readable() -> None:
    pages = sample_library.pages(with_alerts(replace(ALERT, over=True)))
    assert "crue-bani" not in pages["index"] + pages["_shell"]
    assert "Cette alerte est terminée." in pages["alerts/crue-bani-1"]


def test_the_gravest_alert_is_in_the_frame() -> None:
    newer = replace(ALERT, slug="petite", severity="Minor", sent="2026-11-25T00:00:00Z")
    pages = sample_library.pages(with_alerts(replace(UPDATE, references=()), newer))
    assert "alerts/crue-bani-2" in pages["_shell"]
    assert "alerts/petite" not in pages["_shell"]


def test_an_exercise_says_so_everywhere_and_a_test_stays_out() -> None:
    pages = sample_library.pages(with_alerts(replace(ALERT, status="Exercise")))
    for path in ("_shell", "alerts", "alerts/crue-bani-1"):
        assert "Exercice : il n’y a pas de danger." in pages[path].replace("\u00a0", " ")
    assert "alerts" not in sample_library.pages(with_alerts(replace(ALERT, status="Test")))


def test_a_language_without_its_text_gets_the_sites_marked() -> None:
    english = sample_library.pages(with_alerts(ALERT), "en-ML")
    assert "lang=fr" in english["alerts/crue-bani-1"]
    assert re.search("<a[^>]* lang=fr dir=auto>.*?<b>Le Bani", english["_shell"])


def test_several_alerts_in_force_are_one_banner_and_a_link_to_all() -> None:
    other = replace(ALERT, slug="feu", severity="Minor")
    banner = sample_library.pages(with_alerts(ALERT, other))["_shell"].split("<!--alerts-->")[1]
    assert banner.count("data-until") == 1
    assert banner.endswith("<p><a href=/fr-ML/alerts>Toutes les alertes en cours</a>")


def test_markup_in_an_alert_stays_text() -> None:
    bad = replace(ALERT.info["fr"], headline="<b>x", description="<script>y</script>", areaDesc="<i>")
    pages = sample_library.pages(with_alerts(replace(ALERT, info={"fr": bad})))
    assert "<script>y" not in pages["alerts/crue-bani-1"]
    assert "&lt;b&gt;x" in pages["_shell"]


STORIES = {
    "one alert": (ALERT,),
    "an update": (ALERT, UPDATE),
    "a cancel": (ALERT, UPDATE, CANCEL),
    "another country's": (replace(ALERT, geocode=("BF",)),),
    "none any more": (),
}


async def test_sending_changes_what_rendering_anew_would_change(archive: Archive) -> None:
    library = with_alerts()
    for channel in CHANNELS:
        await publish(
            archive, await plan_publication(archive, channel, render(library, channel, Assets())), KEYS, "essai", NOW
        )
    for name, alerts in STORIES.items():
        library = with_alerts(*alerts)
        for channel in CHANNELS:
            planned = await plan_alerts(archive, library, channel, Assets())
            anew = await plan_publication(archive, channel, render(library, channel, Assets()))
            assert planned is not None
            assert planned.manifest == anew.manifest, (name, channel)
            await publish(archive, planned, KEYS, "essai", NOW)
            head = await archive.head(channel)
            assert head is not None
            assert len(await archive.bodies({entry.digest for entry in head.manifest.entries})) == len(set(anew.bodies))


async def test_sending_publishes_no_other_edit(archive: Archive) -> None:
    library = with_alerts()
    await publish(
        archive, await plan_publication(archive, "fr-ML", render(library, "fr-ML", Assets())), KEYS, "essai", NOW
    )
    edited = replace(
        with_alerts(ALERT),
        guides={**library.guides, ("compte", "fr"): replace(sample_library.GUIDE, title="Pas encore publié")},
    )
    planned = await plan_alerts(archive, edited, "fr-ML", Assets())
    assert planned is not None
    assert not any("Pas encore publié" in body for body in planned.bodies.values())


async def test_a_head_from_before_alerts_gets_its_frame_and_home_anew(archive: Archive) -> None:
    library = with_alerts()
    pages = [replace(page, body=page.body.replace("<!--alerts-->", "")) for page in render(library, "fr-ML", Assets())]
    await publish(archive, await plan_publication(archive, "fr-ML", pages), KEYS, "essai", NOW)
    planned = await plan_alerts(archive, with_alerts(ALERT), "fr-ML", Assets())
    anew = await plan_publication(archive, "fr-ML", render(with_alerts(ALERT), "fr-ML", Assets()))
    assert planned is not None
    assert planned.manifest == anew.manifest


async def test_a_home_of_an_older_version_loses_its_block_of_alerts(archive: Archive) -> None:
    library = with_alerts()
    block = "<!--alerts--><h2>Alertes en cours</h2><!--alerts-->"
    pages = [
        replace(page, body=f"{page.body}{block}") if page.path == "index" else page
        for page in render(library, "fr-ML", Assets())
    ]
    await publish(archive, await plan_publication(archive, "fr-ML", pages), KEYS, "essai", NOW)
    planned = await plan_alerts(archive, with_alerts(ALERT), "fr-ML", Assets())
    anew = await plan_publication(archive, "fr-ML", render(with_alerts(ALERT), "fr-ML", Assets()))
    assert planned is not None
    assert planned.manifest == anew.manifest


async def test_a_channel_never_published_waits_for_its_first_publication(archive: Archive) -> None:
    assert await plan_alerts(archive, with_alerts(ALERT), "fr-ML", Assets()) is None
