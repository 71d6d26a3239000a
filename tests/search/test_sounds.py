"""The sounds of words: what is said alike, and forms of one word, are one."""

from __future__ import annotations

import pytest

from sync.folding import terms
from sync.search.sounds import opening_of, sound_of


@pytest.mark.parametrize(
    "group",
    [
        "arnaque arnake arnac arnaquer arnaqueur",
        "voler volé volée voleur vol",
        "perdu perdre perdue",
        "téléphone téléfone telefon",
        "vérifier vérification vérifié",
        "harcèlement harceler harcelé",
        "pirater piraté piratage",
        "payer paye paie paiement",
        "journal journaux",
        "menace menacer menacent",
        "réseau réseaux",
        "quoi koi",
    ],
)
def test_words_of_one_sound_have_one_key(group: str) -> None:
    assert len({sound_of(term) for term in terms(group)}) == 1


def test_words_of_other_scripts_and_short_ones_are_their_own_keys() -> None:
    assert [sound_of(word) for word in ("محمد", "ߒߞߏ", "80333", "om", "2fa")] == ["محمد", "ߒߞߏ", "80333", "om", "2fa"]


@pytest.mark.parametrize(("typed", "word"), [("télép", "téléphone"), ("arge", "argent"), ("arnaq", "arnaques")])
def test_a_beginning_leads_to_the_word(typed: str, word: str) -> None:
    [(beginning,), (whole,)] = terms(typed), terms(word)
    assert opening_of(beginning) != "" and sound_of(whole).startswith(opening_of(beginning))


def test_a_letter_begins_too_many_words() -> None:
    assert opening_of("a") == opening_of("te") == ""
