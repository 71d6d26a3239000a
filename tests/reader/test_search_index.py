"""The search index: the same pages as a look at every word, for any query, and extracts around what was asked."""

from __future__ import annotations

import random
from collections import Counter

from server.reader.search_index import EXTRACT_LENGTH, MAX_RESULTS, TITLE_WEIGHT, SearchIndex, make_extract
from sync.folding import terms

TEXT = "l’eau puits école kɔ̀rɔ kɛlɛ ji yɛlɛn code codes compte l’argent Mopti mopti 80 00 œuf numéro ŋɔmi a ab abc"
WORDS = TEXT.split()


def library(seed: int) -> list[tuple[str, str]]:
    """Pages of random words."""
    chance = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    return [
        (f"guides/{number:03}", f"{words(3)}\n<p>{words(chance.randint(1, 40))}</p>")
        for number in range(MAX_RESULTS - 2)
    ]


def find_slowly(pages: list[tuple[str, str]], query_terms: list[str]) -> list[str]:
    """Paths of the matching pages, best first, by comparing every word of every page."""
    scores = {}
    for path, body in pages:
        title, _, fragment = body.partition("\n")
        counts, title_terms = Counter(terms(fragment[3:-4])), terms(title)
        score = 0
        for word in query_terms:
            in_text = sum(count for term, count in counts.items() if term.startswith(word))
            in_title = sum(term.startswith(word) for term in title_terms)
            if not in_text and not in_title:
                break
            score += min(in_text, TITLE_WEIGHT - 1) + TITLE_WEIGHT * in_title
        else:
            scores[path] = score
    return sorted(scores, key=lambda path: (-scores[path], path))


def test_the_index_finds_what_a_look_at_every_word_finds() -> None:
    chance = random.Random(1)
    for seed in range(5):
        pages = library(seed)
        index = SearchIndex(pages)
        for _ in range(40):
            query = " ".join(word[: chance.randint(1, 6)] for word in chance.choices(WORDS, k=chance.randint(1, 3)))
            results = [result.path for result in index.find(terms(query))]
            assert results == find_slowly(pages, terms(query)), query


def test_nothing_asked_is_nothing_found() -> None:
    index = SearchIndex(library(1))
    assert index.find([]) == index.find(["zzz"]) == index.find(["z"]) == index.find(["eau", "zzz"]) == []
    assert SearchIndex([]).find(["eau"]) == []


def test_an_extract_shows_the_first_place_of_the_first_word() -> None:
    text = "Au début rien. " * 20 + "Voici le numéro vert, gratuit. " + "Et la suite encore. " * 20
    index = SearchIndex([("guides/a", f"Titre &amp; plus\n<h1>Titre</h1><p>{text}")])
    [result] = index.find(terms("numero"))
    assert result.title == "Titre & plus"
    assert "numéro vert" in result.extract
    assert result.extract.startswith("… ") and result.extract.endswith(" …")
    assert len(result.extract) <= EXTRACT_LENGTH + 4
    [result] = index.find(terms("plus"))
    assert result.extract.startswith("Titre Au début")


def test_short_texts_are_shown_whole() -> None:
    assert make_extract("Un mot", 3) == "Un mot"
    assert make_extract("Un mot", -1) == "Un mot"
