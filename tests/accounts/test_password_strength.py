"""New passwords: what people choose everywhere, here or on this site is refused, with advice."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.accounts.account import Role
from server.accounts.password_strength import MIN_GUESSES, check_strength, estimate_guesses
from sync.errors import Refused
from tests.support.console_client import PASSWORD, ConsoleSite

WORDS = ("Allô Kibaru", "exemple.ml", "mamadou.keita", "Mamadou Keïta", "Tombouctou", "Koulikoro")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "123456789012",
        "111111111111",
        "kunnafoni2026",
        "motdepasse123",
        "M0tDeP@sse2026",
        "motdepassemotdepasse",
        "azertyuiopqsd",
        "qwertyuiop12",
        "AZERTYUIOP!!",
        "wxcvbnwxcvbn",
        "jetaimemonamour",
        "marseille1998",
        "Soleil2024!!!",
        "iloveyou12345",
        "abcdefghijklm",
        "01012000010120",
        "mamadou.keita",
        "Mamadou2026!",
        "tombouctou223",
        "KoulikoroMali1",
        "allokibaru2026",
        "quatre mots sans rapport",
        "Quatre-Mots-Sans-Rapport",
        "four unrelated words",
        "p a s s w o r d 1 2 3",
        "-.-.-.-.-.-.-",
        "Bɔnjɔur2026!",
    ],
)
def test_a_password_that_others_would_try_is_refused(password: str) -> None:
    with pytest.raises(Refused, match="password-easy"):
        check_strength(password, WORDS)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "cinq autres mots bien longs", "ségou fleuve kayes tambour", "Xk7-vQ2m.Zr9p", "ߒ ߓߘߍ߫ ߡߊ߬ ߞߊ߬ ߕߊ߯ ߛߎ߰ ߘߐ߫"],
)
def test_words_without_relation_and_random_signs_are_taken(password: str) -> None:
    check_strength(password, WORDS)


def test_length_is_judged_before_anything_else() -> None:
    for password, code in (("court", "password-short"), ("x1" * 101, "password-long")):
        with pytest.raises(Refused, match=code):
            check_strength(password)


def test_a_word_counts_for_less_once_the_site_knows_it() -> None:
    assert estimate_guesses("Tombouctou2026", WORDS) < estimate_guesses("Tombouctou2026") / 100
    assert estimate_guesses("Tombouctou2026", WORDS) < MIN_GUESSES
    assert estimate_guesses("Tombouctou2026") == estimate_guesses(
        "Tombouctou2026"
    )  # nothing stays from the call before


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=40))
def test_any_text_is_taken_or_refused_with_advice(password: str) -> None:
    with contextlib.suppress(Refused):
        check_strength(password, WORDS)


@pytest.mark.anyio
async def test_the_names_of_the_site_the_account_and_its_person_do_not_hide_in_a_password(
    console_site: ConsoleSite,
) -> None:
    token = await console_site.people.invite("fatou.k", Role.EDITOR, "Fatoumata Kouyaté")
    link, someone = f"/welcome/{token}", console_site.browser()
    for password in ("fatou.k fatou.k", "Fatoumata1988", "kouyate kouyate"):
        answer = await someone.post(link, {"password": password, "again": password})
        assert (answer.status_code, "se devine" in answer.text) == (422, True), password
    assert (await someone.post(link, {"password": PASSWORD, "again": PASSWORD})).status_code == 303
