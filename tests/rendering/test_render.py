"""Rendering: content, order, fallback languages, escaping."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sync.documents.model import Authority, ComplaintRoute, Guide
from sync.documents.sources import Fact, Source
from sync.editions.page import BODY_LIMIT, MAIN_MARKER, TITLE_MARKER, compose, is_page_path
from sync.errors import BadContent
from sync.locale import Translator
from sync.rendering.content_security_policy import build_policy
from sync.rendering.render import Assets, render
from tests.support.sample_library import GUIDE, LETTER, LIBRARY, NOTICE, ROUTE, SECOND, SITE, pages, with_guides

ENGLISH = Translator({"en": {"Sources": "Sources of this page", "Autres guides": "Other guides"}})

LAW_CITATION = (
    "<a href=https://apdp.ml/loi>La loi</a>, APDP, 24 novembre 2026\u00a0; lu dans une copie le 25 novembre 2026"
)


def test_the_first_part_is_what_a_new_phone_needs_first() -> None:
    listed = render(LIBRARY, "fr-ML", Assets())
    first = ["_shell", "_missing", "index", "danger", "guides/compte"]
    assert [page.path for page in listed if page.part == "first"] == first
    assert [page.path for page in listed][5:] == [
        "search",
        "phone",
        "about",
        "install",
        "settings",
        "languages",
        "guides",
        "topics/comptes",
        "topics/argent",
        "guides/argent",
        "notices",
        "notices/code",
        "complaints",
        "complaints/case",
        "complaints/spoken",
        "complaints/scam",
        "complaints/scam/prosecutor",
        "authorities",
    ]


def test_every_path_is_allowed_once() -> None:
    paths = [page.path for page in render(LIBRARY, "fr-ML", Assets())]
    assert all(map(is_page_path, paths))
    assert len(paths) == len(set(paths))


def test_the_same_documents_give_the_same_bytes() -> None:
    assert render(LIBRARY, "fr-ML", Assets()) == render(LIBRARY, "fr-ML", Assets())


def test_the_order_in_which_documents_are_read_changes_nothing() -> None:
    turned = replace(LIBRARY, guides=dict(reversed(LIBRARY.guides.items())))
    assert render(turned, "fr-ML", Assets()) == render(LIBRARY, "fr-ML", Assets())


def test_an_edited_text_changes_its_own_page_only() -> None:
    before = pages()
    after = pages(
        with_guides(replace(GUIDE, body="Un code court.", updated="2026-12-01", summary="Deux gestes."), SECOND)
    )
    assert {path for path in before if before[path] != after[path]} == {"guides/compte"}


def test_one_page_serves_every_country_of_its_language() -> None:
    assert pages()["guides/compte"] == pages(channel="fr-BF")["guides/compte"]


def test_a_guide_shows_title_summary_sources_and_date_in_words() -> None:
    title, _, body = pages()["guides/compte"].partition("\n")
    assert title == "Garder son compte"
    assert "<h1>Garder son compte</h1><p>Trois gestes simples." in body
    assert LAW_CITATION in body
    assert "Une radio, novembre 2026\u00a0; <mark>non vérifié</mark>" in body
    assert "Mis à jour le 1er novembre 2026" in body
    assert "audio" not in body


def test_what_to_do_now_is_set_apart() -> None:
    assert (
        "<section><h2 id=s2>Que faire maintenant</h2><ul><li><a href=../notices/code>Vérifiez</a>.</ul></section>"
        in pages()["guides/compte"]
    )


def test_a_summary_that_opens_the_text_is_not_said_twice() -> None:
    twice = replace(GUIDE, summary="Un code long…", body="Un code\nlong. Et court.")
    assert pages(with_guides(twice))["guides/compte"].count("Un code") == 1


def test_links_to_what_the_channel_lacks_become_words() -> None:
    assert "Voyez <a href=compte>votre compte</a> et autre chose." in pages()["guides/argent"]


def test_lists_name_titles_and_nothing_that_changes_with_the_text() -> None:
    lists = [body for path, body in pages().items() if path in ("index", "guides", "topics/comptes")]
    assert all("Garder son compte" in body and "Trois gestes" not in body and "2026" not in body for body in lists)


def test_a_subject_without_guides_is_not_shown() -> None:
    assert not any("topics/vide" in body for body in pages().values())


def test_a_guide_without_subject_is_found_under_other_guides() -> None:
    rendered = pages(with_guides(replace(GUIDE, topics=("inconnu",))))
    assert "<a href=../guides/compte>" in rendered["topics/sans-theme"]
    assert "Autres guides" in rendered["index"]


def test_a_long_subject_is_cut_into_pages_that_follow_each_other() -> None:
    titles = [f"Un titre assez long, numéro {number:03}" for number in range(300)]
    many = [
        Guide(f"guide-{number:03}", "fr", title, "Texte.", topics=("comptes",)) for number, title in enumerate(titles)
    ]
    rendered = pages(with_guides(*many))
    assert "<h1>Guides</h1><ul class=tiles>" in rendered["guides"]
    assert "href=comptes/2>La suite" in rendered["topics/comptes"]
    listed = "".join(body for path, body in rendered.items() if path.startswith("topics/comptes"))
    assert all(f"guides/{guide.slug}>" in listed for guide in many)
    assert max(len(body.encode()) for body in rendered.values()) <= BODY_LIMIT


def test_a_guide_over_the_limit_is_refused_with_its_file() -> None:
    with pytest.raises(BadContent) as refused:
        render(with_guides(replace(GUIDE, body="mot " * 4200)), "fr-ML", Assets())
    assert (refused.value.path, refused.value.code) == ("guides/compte/fr.md", "page-too-long")


def test_a_notice_quotes_the_claim_and_gives_the_verdict_as_shape_and_word() -> None:
    body = pages()["notices/code"]
    assert "<blockquote><small>Ce que dit le message</small><br>Envoie-moi le code</blockquote>" in body
    assert '<p class="verdict bad"><svg><use href=#i-hook></use></svg><b>Arnaque</b>' in body
    assert "Modèle général, pas un cas précis." in body
    assert "<small>Arnaque</small>" in pages()["notices"]


def test_danger_stands_before_any_step() -> None:
    body = pages()["complaints/scam"]
    danger, first, step = (body.index(text) for text in ("<div class=danger>", "Gardez tout.", "<ol class=steps>"))
    assert danger < first < step
    assert "N’écrivez pas à l’auteur." in body


def test_a_path_gives_addressee_needs_wait_and_the_letter() -> None:
    body = pages()["complaints/scam"]
    assert "<b>Le procureur</b><br><a href=tel:8033>80 33</a>" in body
    assert "<li>La lettre</ul>" in body
    assert "Un mois." in body
    assert "<a class=go href=scam/prosecutor>" in body


def test_a_letter_shows_its_holes_in_brackets() -> None:
    body = pages()["complaints/scam/prosecutor"]
    assert (
        "<div class=letter data-feature=letter>À Le procureur.\n\n"
        "Je suis <u data-hole=nom>[Votre nom (facultatif)]</u>.</div>" in body
    )
    assert "<b>Votre nom</b><br>Celui de votre carte" in body


def test_a_letter_alone_says_what_to_do_what_never_to_do_and_how_long_to_wait() -> None:
    body = pages()["complaints/scam/prosecutor"]
    never, do, letter, wait, office = (
        body.index(text)
        for text in ("N’écrivez pas à l’auteur.", "<p>Écrivez.", "<div class=letter", "Un mois.", "<b>Le procureur</b>")
    )
    assert never < do < letter < wait < office


def test_another_letter_of_a_step_stands_on_the_path_and_has_a_page_of_its_own() -> None:
    reminder = replace(LETTER, slug="relance", title="Relancer", body="Relance à {destinataire}.", fields=())
    harm = ROUTE.harms[0]
    route = replace(ROUTE, harms=(replace(harm, steps=(replace(harm.steps[0], other_letters=("relance",)),)),))
    templates = {**LIBRARY.templates, ("relance", "fr"): reminder}
    bodies = pages(replace(LIBRARY, templates=templates, routes={"ANY": route}))
    assert "<ul class=rows><li><a href=scam/relance>Relancer</a></ul>" in bodies["complaints/scam"]
    assert "Relance à Le procureur." in bodies["complaints/scam/relance"]
    assert "Je suis" in bodies["complaints/scam/prosecutor"]


def test_every_fact_about_an_office_carries_source_and_date() -> None:
    assert f"Ouvert. <small>{LAW_CITATION}</small>" in pages()["authorities"]


def test_offices_without_a_known_region_stand_before_those_to_visit_in_one() -> None:
    [office] = LIBRARY.authorities["ML"].authorities
    there = replace(office, slug="la-bas", name="Bureau de là-bas", acronym="", places=("ML-4", "ML-5"))
    rendered = pages(
        replace(LIBRARY, authorities={"ML": replace(LIBRARY.authorities["ML"], authorities=(there, office))})
    )
    near, _, far = rendered["authorities"].partition("À visiter dans cette région")
    assert f"<b>{office.name}" in near
    assert "Près de chez vous, ou lieu à demander" in near
    assert "<b>Bureau de là-bas" in far


def test_a_document_that_falls_back_is_marked_with_its_language() -> None:
    rendered = pages(channel="en-ML", assets=Assets(translator=ENGLISH))
    note, _, rest = rendered["guides/compte"].partition("<div lang=fr>")
    assert "French" in note
    assert rest.endswith("</div>")
    assert "<h2>Sources</h2>" in rest
    assert "<a href=guides/compte lang=fr>Garder son compte <small lang=en>(French)</small></a>" in rendered["index"]
    assert "Accounts" in rendered["index"]


def test_a_translated_document_is_not_marked() -> None:
    english = replace(GUIDE, lang="en", title="Keep your account", reviewed=None)
    rendered = pages(
        with_guides(GUIDE, english, site=replace(SITE, drafts=("en",))), "en-ML", Assets(translator=ENGLISH)
    )
    assert "lang=fr" not in rendered["guides/compte"]
    assert "<h2>Sources of this page</h2>" in rendered["guides/compte"]
    assert "Mis à jour le November 1, 2026" in rendered["guides/compte"]


HOSTILE = """"><script>alert('1')</script><!--main--> & 'x' onload=1"""


def with_asked_steps(route: ComplaintRoute, ask: str) -> ComplaintRoute:
    harms = (replace(harm, steps=tuple(replace(step, ask=ask) for step in harm.steps)) for harm in route.harms)
    return replace(route, harms=tuple(harms))


def test_hostile_words_stay_words() -> None:
    source = Source(HOSTILE, HOSTILE, "2026-01-01", url=f"javascript:alert(1)//{HOSTILE}", archive=HOSTILE)
    facts = (Fact(HOSTILE, source),)
    office = Authority("x", HOSTILE, "prosecutor", ("scam",), "", HOSTILE, HOSTILE, HOSTILE, HOSTILE, facts)
    library = replace(
        LIBRARY,
        site=replace(SITE, tagline=HOSTILE, name=HOSTILE, contact=HOSTILE, about={"fr": HOSTILE}),
        guides={
            ("compte", "fr"): replace(
                GUIDE, title=HOSTILE, summary=HOSTILE, body=HOSTILE, sources=(source,), audio=HOSTILE
            )
        },
        notices={("code", "fr"): replace(NOTICE, title=HOSTILE, claim=HOSTILE, seen_where=HOSTILE, checked_by=HOSTILE)},
        authorities={"ML": replace(LIBRARY.authorities["ML"], authorities=(office,))},
        routes={country: with_asked_steps(route, HOSTILE) for country, route in LIBRARY.routes.items()},
    )
    rendered = pages(library)
    for path, page in rendered.items():
        body, _, routes = page.partition('<script type="application/json" data-routes>')
        assert "<" not in routes.removesuffix("</script>"), path
        inside = body.partition(TITLE_MARKER)[2] if path == "_shell" else body
        assert "<script" not in body, path
        assert "javascript:" not in re.sub(r"<!--.*?-->|>[^<]*", "", body), path
        assert path == "_shell" or MAIN_MARKER not in inside, path
        assert not re.search(r"<[^>]*\sonload=1(?![^<]*\")[^>]*>", re.sub(r'"[^"]*"', '""', body)), path


def test_the_shell_has_both_places_once_and_a_policy_for_its_own_styles() -> None:
    css = 'a::after{content:"<b>&"}p{margin:0}'
    shell = pages(assets=Assets(css, ("/app/main.js",)))["_shell"]
    assert shell.count(TITLE_MARKER) == shell.count(MAIN_MARKER) == 1
    assert f"<style>{css}</style>" in shell
    assert f'content="{build_policy(css)}"' in shell
    assert "<script type=module src=/app/main.js></script>" in shell
    assert "<html lang=fr dir=ltr data-channel=fr-ML data-site=essai>" in shell
    assert "<title>Titre</title>" in compose(shell, "Titre\n<h1>Titre</h1>")


def test_a_right_to_left_language_turns_the_shell_but_not_french_text() -> None:
    rendered = pages(channel="ar-ML")
    assert "<html lang=ar dir=rtl" in rendered["_shell"]
    assert "<div lang=fr dir=ltr>" in rendered["guides/compte"]


def test_no_line_of_french_begins_with_a_colon() -> None:
    spaced = replace(GUIDE, title="Compte : le garder", body="Un « code » secret ? Oui : `a : b`.")
    body = pages(with_guides(spaced))["guides/compte"]
    assert body.startswith("Compte\u00a0: le garder\n")
    assert "Un «\u00a0code\u00a0» secret\u00a0? Oui\u00a0: <code>a : b</code>." in body


def test_a_site_without_any_document_still_has_its_pages() -> None:
    rendered = pages(replace(LIBRARY, guides={}, notices={}, templates={}, authorities={}, routes={}, topics=()))
    assert "Il n’y a pas encore de guide." in rendered["guides"]
    assert {"index", "notices", "complaints", "authorities", "search", "phone", "about", "languages"} <= rendered.keys()


def test_the_phone_is_told_what_a_megabyte_costs_where_the_site_knows() -> None:
    assert "data-francs=2.5" in pages()["phone"]
    assert "data-francs" not in pages(channel="fr-BF")["phone"]
