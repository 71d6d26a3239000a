"""The signed text of a push message: equal in both languages, refused after any change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.alerts.alert import MESSAGE_TYPES, SEVERITIES, STATUSES
from sync.alerts.push_payload import (
    MAX_PAYLOAD_BYTES,
    AlertText,
    alert_text,
    parse_alert_text,
    sign_payload,
    verify_payload,
)
from sync.editions.signing import Signer
from sync.errors import NotProven
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, library_with

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/alert.json").read_text("utf-8"))
SIGNER = Signer.generate()

words = st.builds(
    AlertText,
    st.text(),
    st.integers(0, 9),
    st.text(),
    st.text(),
    st.sampled_from(STATUSES),
    st.sampled_from(MESSAGE_TYPES),
    st.text(),
    st.text(),
    st.text(),
    st.text(),
    st.sampled_from(SEVERITIES),
    st.integers(0, 2**40),
    st.integers(0, 2**40),
)


def test_the_vectors_hold() -> None:
    for case in VECTORS["accepted"]:
        word = verify_payload(case["payload"], VECTORS["key"])
        assert [
            word.id,
            word.root,
            word.msg_type,
            word.lang,
            word.headline,
            word.text,
            word.area,
            word.severity,
        ] == case["says"]
        assert word.signed_bytes.decode() == case["payload"].split("\n")[0]
    for case in VECTORS["refused"]:
        with pytest.raises(NotProven):
            verify_payload(case["payload"], VECTORS["key"])


@given(words)
def test_every_word_is_read_back(word: AlertText) -> None:
    assert parse_alert_text(word.signed_bytes.decode()) == word


def test_a_payload_names_its_story_and_its_language() -> None:
    library = library_with(ALERT, UPDATE, CANCEL)
    word = alert_text(UPDATE, "bm", library, 3)
    assert (word.id, word.root, word.lang, word.area, word.epoch) == ("crue-bani-2", "crue-bani-1", "bm", "Jɛnɛ", 3)
    assert alert_text(CANCEL, "fr", library, 3).area == "Ségou, Mopti"
    assert (
        alert_text(ALERT, "fr", library, 1).text == "L’eau monte vite.\n\nMontez vers les hauteurs.\nPrenez les bêtes."
    )


def test_the_size_is_that_of_the_payload() -> None:
    word = alert_text(ALERT, "fr", library_with(ALERT), 1)
    assert word.size == len(sign_payload(word, SIGNER).encode()) < MAX_PAYLOAD_BYTES
