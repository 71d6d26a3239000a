"""A question as units: ignored words left out, phrases with their synonyms, two words that may be one."""

from __future__ import annotations

from sync.search.lexicon import Lexicon
from sync.search.query import EXACT, SYNONYM, Alternative, Unit, parse_query

LEXICON = Lexicon.of(["de", "mon"], ["mot de passe, code secret", "portable, tel"])


def test_a_phrase_stands_for_its_synonyms() -> None:
    unit, *pairs = parse_query("mon mot de passe ", LEXICON)
    assert all(each.pair for each in pairs)
    assert unit.alternatives == (Alternative(("mot", "pas"), EXACT), Alternative(("kod", "sekret"), SYNONYM))


def test_two_words_may_be_one() -> None:
    assert [(unit.alternatives[0].sounds, unit.joined) for unit in parse_query("tik tok ", LEXICON)] == [
        (("tik",), False),
        (("tiktok",), True),
        (("tok",), False),
        (("+tik+tok",), True),
    ]


def test_only_the_last_word_may_go_on() -> None:
    units = parse_query("vol banque", Lexicon())
    assert [(unit.opening, unit.pair) for unit in units] == [("", False), ("", False), ("bank", False), ("", True)]
    assert parse_query("vol ", Lexicon()) == [Unit((Alternative(("vol",), EXACT),))]


def test_a_question_of_ignored_words_alone_is_asked_as_it_is() -> None:
    assert [unit.alternatives[0].sounds for unit in parse_query("mon ", LEXICON)] == [("mon",)]
