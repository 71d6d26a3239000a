"""The status of replications in words for operators, without CouchDB's own text."""

from __future__ import annotations

import datetime

import pytest

from server.hubs import replication_status, replications
from server.hubs.replication_status import ReplicationHealth, ReplicationState
from server.program import ROOT
from sync.locale import Translator

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
FRENCH = Translator.load(ROOT / "content" / "locale").language_of("fr")


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ("", "jamais"),
        ("2026-11-24T10:30:00+00:00", ""),
        ("2026-11-23T10:00:00+00:00", "il y a 26 heures"),
        ("2026-11-21T10:00:00+00:00", "il y a 3 jours"),
    ],
)
def test_the_last_contact_is_told_once_it_is_old(contact: str, words: str) -> None:
    assert replication_status.describe_age(contact, NOW, FRENCH) == words


def test_every_road_says_what_it_carries_and_no_two_of_a_machine_the_same() -> None:
    for planned in (
        replications.hub_replications("h", "hq", "kayes", []),
        replications.headquarters_replications("hq", ["kayes"]),
    ):
        labels = [road.label for road in planned]
        assert all(labels)
        assert len(set(labels)) == len(labels)


def test_a_cut_is_told_with_its_reason_and_without_couchdbs_words() -> None:
    error = (
        '{replication_auth_error,{session_request_failed,"http://hq/_session","admin",'
        "{conn_failed,{error,econnrefused}}}}"
    )
    road = replications.hub_replications("h", "hq", "kayes", [])[0]
    state = ReplicationState(road, ReplicationHealth.CUT, -1, replication_status.explain_error({"error": error}), "")
    assert state.sentence(FRENCH) == "coupé (l’autre machine ne répond pas)"
