"""The search index: its ranking is the vectors', which the phone reads too, and what it holds of an edition."""

from __future__ import annotations

from server.reader.search_index import MAX_RESULTS, SearchIndex
from sync.content.folder import read_folder
from sync.search.lexicon import Lexicon
from sync.search.page_terms import page_terms
from tests.support.repository import ROOT
from tests.support.search_questions import site_pages
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


def test_every_keyword_of_the_content_is_indexed_on_its_page() -> None:
    library = read_folder(ROOT / "content").library
    guides = {f"guides/{slug}": guide.keywords for (slug, lang), guide in library.guides.items() if lang == "fr"}
    notices = {f"notices/{slug}": each.keywords for (slug, lang), each in library.notices.items() if lang == "fr"}
    found = {page.path: page_terms(page.path, page.body, NOTHING) for page in site_pages()}
    indexed = {path: terms.phrases for path, terms in found.items() if terms}
    assert {path: indexed.get(path, words) for path, words in (guides | notices).items()} == guides | notices
    assert indexed["complaints/insult"] == library.routes["ANY"].harms[0].keywords


def test_words_that_are_ignored_count_in_the_order_of_a_keyword_and_find_nothing_alone() -> None:
    spoken, other = (
        (f"guides/{name}", f'Titre\n<h1 data-private data-words="{words}">Titre</h1><p>Du mal.')
        for name, words in (("z", "dit du mal de moi"), ("a", "mal, moi, dit"))
    )
    index = SearchIndex([other, spoken], Lexicon.of(["on", "dit", "du", "de", "moi"], []))
    assert [result.path for result in index.find("on dit du mal de moi").results] == ["guides/z", "guides/a"]
    assert index.find("de moi, un inconnu").count == 0


def test_lists_and_tools_are_not_searched() -> None:
    pages = [
        (path, "Titre\n<h1>Titre</h1>") for path in ("index", "guides", "notices-2", "topics/a", "search", "phone")
    ]
    assert SearchIndex(pages, NOTHING).find("titre").count == 0
