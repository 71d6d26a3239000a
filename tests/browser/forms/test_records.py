"""Records that can be told apart, read again, and changed as long as nobody else has them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    expect_question,
    fill_visit,
    finish_form,
    open_and_enrol,
    tap_next,
    write_png,
)
from tests.support.mobile_link import MobileLink


def test_an_answer_is_changed_from_the_last_screen_and_a_finished_record_before_it_leaves(
    site: FormSite, link: MobileLink, page: Page, tmp_path: Path
) -> None:
    open_and_enrol(page, site, link)
    page.context.set_offline(True)
    begin_form(page, link.url, "visite")
    fill_visit(page, "Zeinabou l’a dit", (3,), write_png(tmp_path / "photo.png", 60, 40))
    answers = page.locator("form.sheet .answers")
    expect(answers).to_contain_text("Enfant 1 · Son âge ?")
    answers.get_by_role("button", name="Quelle région ?").click()
    expect_question(page, "Quelle région")
    page.locator("button", has_text="Revenir à la relecture").click()
    answers.get_by_role("button", name="Qu’avez-vous entendu ?").click()
    page.fill("form.sheet input", "Awa l’a dit")
    page.locator("button", has_text="Revenir à la relecture").click()
    expect(answers).to_contain_text("Awa l’a dit")
    first = finish_form(page)

    page.goto(f"{link.url}/fr-ML/forms")
    entry = page.locator(f"[data-code='{first}']")
    expect(entry.locator("summary")).to_contain_text("Awa l’a dit, Oui")
    expect(entry.locator("summary")).to_contain_text("Kayes")
    entry.locator("summary").click()
    entry.get_by_role("link", name="Lire ou changer").click()
    expect(page.locator("main .answers")).to_contain_text("Enfant de 3 ans")
    page.locator("button", has_text="Reprendre et changer").click()
    expect_question(page, "Vérifiez")
    page.locator(".answers").get_by_role("button", name="Une photo ?").click()
    expect(page.locator("form.sheet canvas")).to_be_visible()
    page.locator("button", has_text="Revenir à la relecture").click()
    second = finish_form(page)
    assert second != first
    page.context.set_offline(False)
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator(f"[data-code='{second}'][data-state=received]")).to_have_count(1)
    expect(page.locator("[data-code]")).to_have_count(1)


def test_two_drafts_of_one_form_are_told_apart(site: FormSite, link: MobileLink, page: Page) -> None:
    open_and_enrol(page, site, link)
    link.down = True
    for word in ("Le puits est sec", "Le marché est fermé"):
        begin_form(page, link.url, "visite")
        page.fill("form.sheet input", word)
        tap_next(page)
        expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
    page.goto(f"{link.url}/fr-ML/forms/visite")
    expect(page.locator("main")).to_contain_text("Réponses : 1 sur")
    page.get_by_role("button", name="Continuer « Le puits est sec »").click()
    expect_question(page, "La personne est d’accord")
    page.locator("button", has_text="Toutes les questions").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("La personne est d’accord")
    page.locator(".answers").get_by_role("button", name="Qu’avez-vous entendu ?").click()
    expect(page.locator("form.sheet input")).to_have_value("Le puits est sec")
