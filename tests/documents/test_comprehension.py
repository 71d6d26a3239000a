"""Questions at the end of a guide: each choice opens its own reply, without script, and paper does not show them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from sync.content.folder import read_folder
from sync.documents.comprehension import ComprehensionQuestion, PictureAnswer
from tests.support.sample_library import GUIDE, pages, with_guides

GIVE = PictureAnswer("send", "Je donne le code.", "Il ouvre votre compte.")
KEEP = PictureAnswer("hand", "Je garde le code.", "Tapez-le vous-même.", right=True)


def test_each_picture_opens_its_own_reply_and_only_the_advice_is_a_yes() -> None:
    guide = replace(GUIDE, questions=(ComprehensionQuestion("On demande le code.", (GIVE, KEEP)),))
    page = pages(with_guides(guide))["guides/compte"]
    assert re.findall(
        r"<details><summary class=choice>(.+?)</summary><p class=(\w+)><b>(\S+)</b> (.+?)</details>", page
    ) == [
        ("<svg><use href=#i-send></use></svg><b>Je donne le code.</b>", "bad", "Non.", "Il ouvre votre compte."),
        ("<svg><use href=#i-hand></use></svg><b>Je garde le code.</b>", "good", "Oui.", "Tapez-le vous-même."),
    ]
    assert "<symbol id=i-hand" in page
    assert page.index("<div class=screen>") < page.index("<h3>On demande le code.</h3>")


def test_a_guide_without_questions_asks_nothing() -> None:
    assert "Avez-vous compris" not in pages(with_guides(GUIDE))["guides/compte"]


def test_three_essential_guides_of_the_site_ask_and_their_right_answer_is_not_always_at_the_same_place(
    root: Path,
) -> None:
    guides = [guide for guide in read_folder(root / "content").library.guides.values() if guide.lang == "fr"]
    asking = [guide for guide in guides if guide.questions]
    assert len(asking) >= 3
    for guide in asking:
        places = [[answer.right for answer in question.answers].index(True) for question in guide.questions]
        assert len(set(places)) > 1, f"{guide.slug}: who taps always at the same place learns nothing"
