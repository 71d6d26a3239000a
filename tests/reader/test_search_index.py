"""The search index: its ranking is the vectors', which the phone reads too, and what it holds of an edition."""

from __future__ import annotations

from server.reader.search_index import MAX_RESULTS, SearchIndex
from sync.search.lexicon import Lexicon
from tests.support.vectors import read_vectors
from tests.vectors.make_search import search_vectors

NOTHING = Lexicon()


def test_the_answers_are_those_of_the_vectors() -> None:
    assert search_vectors() == read_vectors("search")


def test_nothing_asked_is_nothing_found() -> None:
    index = SearchIndex([("guides/a", "Titre\n<h1>Titre</h1><p>Un texte.")], NOTHING)
    assert [index.find(question).count for question in ("", " ", "'", "zzzzz", "l")] == [0, 0, 0, 0, 0]
    assert SearchIndex([], NOTHING).find("eau").results == ()


def test_a_letter_that_serves_several_paths_is_found_once() -> None:
    body = "Lettre au procureur\n<h1>Lettre au procureur</h1><p>Monsieur."
    index = SearchIndex([(f"complaints/{harm}/prosecutor", body) for harm in ("scam", "account")], NOTHING)
    assert [result.path for result in index.find("procureur").results] == ["complaints/scam/prosecutor"]


def test_a_guide_comes_before_a_path_a_notice_and_a_letter_that_say_the_same() -> None:
    paths = ["complaints/scam/police", "notices/gain", "complaints/scam", "guides/arnaque"]
    index = SearchIndex([(path, "Arnaque\n<h1>Arnaque</h1><p>Une arnaque.") for path in paths], NOTHING)
    assert [result.path for result in index.find("arnaque").results] == paths[::-1]


def test_all_are_counted_and_the_best_are_shown() -> None:
    pages = [(f"guides/{number:03}", f"Titre {number}\n<h1>Titre</h1><p>Un texte.") for number in range(50)]
    answer = SearchIndex(pages, NOTHING).find("texte")
    assert (answer.count, len(answer.results)) == (50, MAX_RESULTS)


def test_lists_and_tools_are_not_searched() -> None:
    pages = [
        (path, "Titre\n<h1>Titre</h1>") for path in ("index", "guides", "notices-2", "topics/a", "search", "phone")
    ]
    assert SearchIndex(pages, NOTHING).find("titre").count == 0
