"""A translation keeps what its original holds: each part, step, number, link and warning."""

from __future__ import annotations

import pytest

from sync.content.schemas import to_fields
from sync.documents.model import Guide
from sync.documents.translation_parts import compose_translation, find_losses, text_parts, translated_words
from sync.documents.voice_script import script_passages, step_marks
from tests.support import site_texts

ORIGINAL = {
    "title": "Garder son compte",
    "body": "Voyez [la lettre](guide:lettre).\n\n## Étapes\n\n1. ![](pictogram:sim) Tapez 6 chiffres.\n"
    "2. **Jamais** de code au téléphone.\n\n::: ML\nAppelez le 80 00 11 15.\n:::",
}
WORDS = {
    "title": "I ka konti lakana",
    "b0": "[Bataki] lajɛ.",
    "b2": "Taamasiyɛnw",
    "b4": "Jatedenw 6 sɛbɛn.",
    "b5": "Kode **abada**.",
    "b8": "80 00 11 15 wele.",
}


def test_a_translator_sees_words_alone_and_the_page_keeps_pictures_links_and_blocks() -> None:
    parts = {part.name: part for part in text_parts(ORIGINAL)}
    assert parts["b0"].text == "Voyez [la lettre]."
    assert (parts["b4"].kind, parts["b4"].number, parts["b4"].pictogram) == ("step", "1", "sim")
    translated = compose_translation(ORIGINAL, WORDS)
    assert translated["body"].split("\n")[0] == "[Bataki](guide:lettre) lajɛ."
    assert "1. ![](pictogram:sim) Jatedenw 6 sɛbɛn." in translated["body"]
    assert "::: ML\n80 00 11 15 wele.\n:::" in translated["body"]
    assert find_losses(ORIGINAL, translated) == []
    assert translated_words(ORIGINAL, translated) == WORDS


@pytest.mark.parametrize(
    ("part", "words", "code"),
    [
        ("b5", "", "part-missing"),
        ("b0", "Bataki lajɛ.", "link-lost"),
        ("b4", "Jatedenw sɛbɛn.", "number-lost"),
        ("b5", "Kode abada.", "warning-lost"),
        ("b8", "80 00 11 51 wele.", "number-lost"),
        ("b5", "**Jamais** de code au téléphone.", "part-same"),
        ("title", "", "part-missing"),
    ],
)
def test_each_loss_is_named_beside_its_part(part: str, words: str, code: str) -> None:
    losses = find_losses(ORIGINAL, compose_translation(ORIGINAL, {**WORDS, part: words}))
    assert {(loss.part, loss.code) for loss in losses} == {(part, code)}


def test_a_link_that_leads_elsewhere_and_an_address_that_is_gone_are_named() -> None:
    original = {
        "body": "Voyez [la lettre](guide:lettre) et [le code](guide:code).\n\nÉcrivez à aide@exemple.org, lisez cdp.sn."
    }
    swapped = {
        "body": "Read [the code](guide:code) and [the letter](guide:lettre).\n\nWrite to aide@exemple.org, read cdp.sn."
    }
    assert find_losses(original, swapped) == [], "a language may name them in another order"
    wrong = {
        "body": "See [the letter](guide:autre) and [the code](guide:code).\n\nWrite to aid@example.org, read cdp.sn."
    }
    losses = [(loss.part, loss.code, loss.value) for loss in find_losses(original, wrong)]
    assert losses == [("b0", "link-other", "guide:lettre"), ("b2", "address-lost", "aide@exemple.org")]


def test_a_text_of_other_lines_still_has_to_have_all_steps_links_and_blocks() -> None:
    shorter = {"title": "x", "body": "Sɛbɛn.\n\n1. Kelen."}
    assert translated_words(ORIGINAL, shorter) is None
    assert {loss.code for loss in find_losses(ORIGINAL, shorter)} == {"steps-lost", "link-lost", "block-lost"}


def test_every_text_of_the_site_comes_back_as_it_was_and_every_translation_has_all_of_it() -> None:
    library = site_texts.library()
    for kind, documents in (("guide", library.guides), ("notice", library.notices)):
        for (slug, lang), document in documents.items():
            fields = to_fields(kind, document)
            words = translated_words(fields, fields)
            assert words is not None and compose_translation(fields, words)["body"] == document.body, slug
            if lang != library.site.lang:
                original = to_fields(kind, documents[slug, library.site.lang])
                assert find_losses(original, fields) == [], slug


def test_the_steps_of_a_script_are_marked_where_the_text_has_as_many() -> None:
    guide = Guide(
        "compte", "fr", "Compte", "1. Un code.\n2. Un mot.\n", script="Compte.\n\nUn. Un code.\n\nDeux. Un mot.\n\nFin."
    )
    assert [passage.is_step for passage in script_passages(guide)] == [False, True, True, False]
    assert step_marks(guide, [0, 3, 7, 9]) == "3 7"
    longer = Guide("compte", "fr", "Compte", "1. Un.\n2. Deux.\n3. Trois.\n", script=guide.script)
    assert step_marks(longer, [0, 3, 7, 9]) == "", "a mark would lead to another step"


def test_a_guide_without_a_script_is_spoken_by_its_own_text() -> None:
    guide = Guide("compte", "fr", "Compte", "Voyez [ceci](guide:x). **Non.**\n\n1. Un code.\n\nEnsuite.\n\nPuis.")
    assert [passage.text for passage in script_passages(guide)] == [
        "Compte. Voyez ceci. Non.",
        "Un code.",
        "Ensuite. Puis.",
    ]
