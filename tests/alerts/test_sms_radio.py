"""An alert as one SMS and as a text to read out on the radio."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.sms_radio import write_radio_script, write_sms
from sync.alerts.wording import AlertWording
from sync.locale import Language

WORDING = AlertWording(
    "",
    "Le Bani déborde près de Djenné",
    "Jusqu’au 26 novembre à 18:00",
    "Ségou",
    "L’eau monte vite.",
    "Montez vers les hauteurs.\nPrenez les bêtes.",
    is_over=False,
    is_update=False,
)
BAMBARA = replace(
    WORDING,
    title="Bani ji bɛ ka bonya",
    end="Jusqu’au 24 novembre 2026 à 19:51",
    area="Segu",
    description="Ji bɛ ka yɛlɛn joona.",
    instruction="",
)


def test_an_sms_fits_and_says_first_what_to_do() -> None:
    short = write_sms(WORDING)
    assert (short.limit, short.is_truncated) == (160, False)
    assert (
        short.text == "Le Bani déborde près de Djenné. Ségou. Montez vers les hauteurs. Prenez les betes. "
        "Jusqu'au 26 novembre à 18:00."
    )
    long = write_sms(
        replace(
            WORDING,
            title="Titre",
            instruction="Montez vers les hauteurs sans attendre. " * 9,
            end="Jusqu’à demain",
        )
    )
    assert len(long.text) <= 160
    assert long.is_truncated
    assert long.text.endswith("Montez.. Jusqu'à demain.")
    other = write_sms(BAMBARA)
    assert len(other.text) <= other.limit == 70
    assert other.text.endswith(".. Jusqu'au 24 novembre 2026 à 19:51.")
    assert write_sms(replace(BAMBARA, end="")).limit == 70


def test_the_radio_says_the_essential_twice() -> None:
    text = write_radio_script(WORDING, Language("fr"))
    assert text.count("Montez vers les hauteurs.") == 2
    assert text.startswith("Attention")
