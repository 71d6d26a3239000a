"""An alert as one SMS and as a text to read out on the radio."""

from __future__ import annotations

from sync.alerts.alert import AlertInfo
from sync.alerts.sms_radio import write_radio_script, write_sms
from sync.locale import Language
from tests.support.sample_alerts import BAMBARA, FRENCH


def test_an_sms_fits_and_says_first_what_to_do() -> None:
    short = write_sms(FRENCH, "Ségou", "Jusqu’au 26 novembre à 18:00")
    assert (short.limit, short.is_truncated) == (160, False)
    assert (
        short.text == "Le Bani déborde près de Djenné. Ségou. Montez vers les hauteurs. Prenez les betes. "
        "Jusqu'au 26 novembre à 18:00."
    )
    long = write_sms(
        AlertInfo("Titre", "x", "y", "Montez vers les hauteurs sans attendre. " * 9), "Ségou", "Jusqu’à demain"
    )
    assert len(long.text) <= 160
    assert long.is_truncated
    assert long.text.endswith("Montez.. Jusqu'à demain.")
    other = write_sms(BAMBARA, "Segu", "Jusqu’au 24 novembre 2026 à 19:51")
    assert len(other.text) <= other.limit == 70
    assert other.text.endswith(".. Jusqu'au 24 novembre 2026 à 19:51.")
    assert write_sms(BAMBARA, "Segu", "").limit == 70


def test_the_radio_says_the_essential_twice() -> None:
    text = write_radio_script(FRENCH, "Ségou", "Jusqu’au soir", Language("fr"))
    assert text.count("Montez vers les hauteurs.") == 2
    assert text.startswith("Attention")
