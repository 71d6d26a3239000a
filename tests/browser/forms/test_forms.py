"""Forms on a phone without a network: filled, interrupted, continued, and unreadable in the raw browser profile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support import chromium_process, chromium_profile
from tests.support.bad_days import BadDay
from tests.support.browser_form_site import (
    CHOICES,
    LATER_VISIT_QUESTIONS,
    FormSite,
    begin_form,
    expect_question,
    fill_visit,
    finish_form,
    form_table,
    open_and_enrol,
    pass_empty_repeat,
    tap_next,
    tap_send,
    write_png,
)
from tests.support.browser_site import run_site_command
from tests.support.chromium import CHECK_FOR_UPDATE, wait_until_offline_ready
from tests.support.content_folder import write
from tests.support.mobile_link import MobileLink

WORDS = ("Zeinabou a parlé au marché", "Bakary dit kɛnɛya bɛ", "Fatoumata craint la crue")
# Control: a browser that encrypts nothing, where the search must find the words.
UNLOCKED = (
    "for (const name of ['encrypt', 'decrypt']) SubtleCrypto.prototype[name] = async (_, key, data) => data.slice(0)"
)

# Delays the completion of writes to drafts until the test releases them, and records the durability asked for.
SLOW_DISK = """window.slowDisk = {durability: [], gate: Promise.resolve()}
slowDisk.hold = () => { slowDisk.gate = new Promise(open => slowDisk.release = open) }
const transaction = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (names, mode, options) {
    const made = transaction.call(this, names, mode, options)
    if (mode === 'readwrite' && [...made.objectStoreNames].includes('drafts')) {
        slowDisk.durability.push(made.durability)
        const listen = made.addEventListener.bind(made)
        const delayed = heard => event => slowDisk.gate.then(() => heard(event))
        made.addEventListener = (name, heard) => listen(name, name === 'complete' ? delayed(heard) : heard)
    }
    return made
}"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of two megapixels, as a phone's camera makes."""
    return write_png(tmp_path / "photo.png", 1600, 1200)


@pytest.mark.spared("room", "the room does not hold its photos; the phone says so at the first")
def test_a_draft_outlives_a_killed_browser_a_new_app_and_a_new_version_of_its_form(
    site: FormSite,
    link: MobileLink,
    playwright: Playwright,
    tmp_path: Path,
    photo: Path,
    newer: Path,
    root: Path,
    bad_day: BadDay,
) -> None:
    folder = tmp_path / "profile"
    folder.mkdir()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link)
        page = phone.page
        open_and_enrol(page, site, link)
        link.down = True
        for word in WORDS:
            begin_form(page, link.url, "visite")
            fill_visit(page, word, (3, 7), photo)
            finish_form(page)
        begin_form(page, link.url, "visite")
        expect_question(page, "Qu’avez-vous entendu")
        page.fill("form.sheet input", "Le quatrième, à moitié")
        tap_next(page)
        page.locator("label", has_text="Oui").click()
        tap_next(page)
        page.locator("label", has_text="Niger").click()
        expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
        phone.kill()
    link.down = False
    renew(site, root)
    try:
        with chromium_process.running_chromium(playwright, folder) as phone:
            bad_day.meet(phone.page.context, link, is_new=False)
            page = phone.page
            link.app = newer
            page.goto(f"{link.url}/fr-ML/guides")
            page.evaluate(CHECK_FOR_UPDATE)
            page.locator(".toast button", has_text="Mettre à jour").click()
            expect(page.locator("html[data-build=newer]")).to_have_count(1)
            page.goto(f"{link.url}/fr-ML/phone")
            page.locator("main button", has_text="Vérifier maintenant").click()
            expect(page.locator("main [role=status]").first).to_contain_text("nouvelles pages")
            page.goto(f"{link.url}/fr-ML/forms/visite", wait_until="networkidle")  # brings the new version's questions
            page.goto(f"{link.url}/fr-ML/forms", wait_until="networkidle")
            expect(page.locator("main [data-state=received]")).to_have_count(3)
            link.down = True
            page.locator("main a", has_text="Touchez pour continuer").click()
            expect_question(page, "Quel pays")
            expect(page.get_by_label("Niger")).to_be_checked()
            tap_next(page)
            page.locator("label", has_text="Agadez").click()
            tap_next(page)
            pass_empty_repeat(page)
            tap_next(page)
            expect_question(page, "Vérifiez")
            code = finish_form(page)
            begin_form(page, link.url, "visite")
            page.fill("form.sheet input", "x")
            tap_next(page)
            expect_question(page, "Une question de la version suivante")
            link.down = False
            page.goto(f"{link.url}/fr-ML/forms")
            tap_send(page)
            expect(page.locator(f"main [data-code='{code}'][data-state=received]")).to_have_count(1)
    finally:
        renew(site, root, back=True)


def test_kept_is_said_only_of_what_is_on_the_disk(site: FormSite, link: MobileLink, page: Page) -> None:
    page.add_init_script(SLOW_DISK)
    open_and_enrol(page, site, link)
    link.down = True
    begin_form(page, link.url, "visite")
    page.evaluate("slowDisk.hold()")
    page.fill("form.sheet input", "Un premier mot")
    sheet = page.locator("form.sheet")
    expect(sheet).to_contain_text("…")
    expect(sheet).not_to_contain_text("Gardé")
    page.evaluate("slowDisk.release()")
    expect(sheet).to_contain_text("Gardé sur ce téléphone")
    page.evaluate("slowDisk.hold()")
    page.fill("form.sheet input", "Un autre mot")
    expect(sheet).not_to_contain_text("Gardé")
    tap_next(page)
    expect(sheet).not_to_contain_text("Gardé")
    page.evaluate("slowDisk.release()")
    expect(sheet).to_contain_text("Gardé sur ce téléphone")
    assert set(page.evaluate("slowDisk.durability")) == {"strict"}, (
        "what is written waits for the disk, not for its cache"
    )
    page.locator("label", has_text="Non").click()
    tap_next(page)
    page.locator("button", has_text="Ajouter").click()
    tap_next(page)
    page.fill("form.sheet input", "12")
    expect(sheet).to_contain_text("Gardé sur ce téléphone")
    page.fill("form.sheet input", "douze")
    expect(sheet).to_contain_text("pas encore gardée")
    expect(sheet).not_to_contain_text("Gardé sur")


def renew(site: FormSite, root: Path, back: bool = False) -> None:
    """Publish another version of the form."""
    questions = LATER_VISIT_QUESTIONS[:1] + LATER_VISIT_QUESTIONS[2:] if back else LATER_VISIT_QUESTIONS
    write(
        site.content,
        {"forms/visite.md": form_table("visite", *questions, choices=CHOICES, sealed="no", place="region")},
    )
    for command in (["import", str(site.content)], ["publish"]):
        run_site_command(site.data, root, *command)


@pytest.mark.parametrize(
    ("pin", "encrypts"), [("", True), ("8642", True), ("", False)], ids=["no PIN", "PIN", "control, unencrypted"]
)
def test_what_was_written_is_not_found_in_the_raw_profile(
    site: FormSite,
    link: MobileLink,
    playwright: Playwright,
    tmp_path: Path,
    pin: str,
    encrypts: bool,
    bad_day: BadDay,
) -> None:
    folder = tmp_path / "profile"
    folder.mkdir()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link)
        page = phone.page
        if not encrypts:
            page.context.add_init_script(UNLOCKED)
        open_and_enrol(page, site, link)
        if pin:
            page.locator("main button", has_text="Mettre un code").click()
            page.fill("#pin-new", pin)
            page.fill("#pin-again", pin)
            page.locator("main button", has_text="Garder ce code").click()
            expect(page.locator("main")).to_contain_text("Un code est mis")
        link.down = True
        begin_form(page, link.url, "scellee")
        fill_visit(page, WORDS[0], (5,))
        finish_form(page)
        for slug, word in (("visite", WORDS[1]), ("scellee", WORDS[2])):
            begin_form(page, link.url, slug)
            page.fill("form.sheet input", word)
            expect(page.locator("form.sheet")).to_contain_text("Gardé sur ce téléphone")
        phone.close()
    with chromium_process.running_chromium(
        playwright, folder
    ) as phone:  # LevelDB packs its log into tables when it is opened
        bad_day.meet(phone.page.context, link, is_new=False)
        phone.page.goto(f"{link.url}/fr-ML/forms")
        expect(phone.page.locator("main")).to_contain_text("Touchez pour continuer")
        phone.close()
    words = {word for word, _ in chromium_profile.find_words(folder, WORDS)}
    assert words == (set() if encrypts else set(WORDS))


def test_a_pin_shuts_drafts_until_it_is_typed_and_makes_the_wrong_one_wait(
    site: FormSite, link: MobileLink, page: Page
) -> None:
    open_and_enrol(page, site, link)
    begin_form(page, link.url, "visite")
    page.fill("form.sheet input", WORDS[0])
    expect(page.locator("form.sheet")).to_contain_text("Gardé")
    page.goto(f"{link.url}/fr-ML/phone")
    page.locator("main button", has_text="Mettre un code").click()
    page.fill("#pin-new", "8642")
    page.fill("#pin-again", "8642")
    page.locator("main button", has_text="Garder ce code").click()
    expect(page.locator("main")).to_contain_text("Un code est mis")
    page.goto(f"{link.url}/fr-ML/forms/visite")
    page.locator("main button", has_text="Continuer").click()
    expect(page.locator("form.sheet input")).to_have_value(WORDS[0])  # opened a moment ago: not asked again
    page.locator("button", has_text="Sortie rapide").click()
    page.wait_for_url(f"{link.url}/app/table.html")
    page.goto(f"{link.url}/fr-ML/forms/visite")
    page.locator("main button", has_text="Continuer").click()
    for _ in range(3):
        page.fill("#pin", "1111")
        page.locator("main button", has_text="Ouvrir").click()
        expect(page.locator("#pin-said")).to_contain_text("Ce n’est pas ce code")
        expect(page.locator("#pin")).to_have_value("")
    expect(page.locator("#pin-said")).to_contain_text("Attendez")
    page.wait_for_timeout(5_100)
    page.fill("#pin", "8642")
    page.locator("main button", has_text="Ouvrir").click()
    expect(page.locator("form.sheet input")).to_have_value(WORDS[0])


def test_a_form_says_what_is_missing_and_what_does_not_fit(site: FormSite, link: MobileLink, page: Page) -> None:
    open_and_enrol(page, site, link)
    link.down = True
    begin_form(page, link.url, "visite")
    tap_next(page)
    expect(page.locator("[role=alert]")).to_contain_text("Il faut une réponse ici")
    expect(page.locator("form.sheet input")).to_have_attribute("aria-invalid", "true")
    page.fill("form.sheet input", "x" * 201)
    tap_next(page)
    expect(page.locator("[role=alert]")).to_contain_text("Plus court")
    page.fill("form.sheet input", "x")
    tap_next(page)
    page.locator("label", has_text="Non").click()
    tap_next(page)
    expect_question(page, "Enfant")
    page.locator("button", has_text="Ajouter").click()
    tap_next(page)
    page.fill("form.sheet input", "douze")
    tap_next(page)
    expect(page.locator("[role=alert]")).to_contain_text("nombre entier")
    page.fill("form.sheet input", "40")
    tap_next(page)
    expect(page.locator("[role=alert]")).to_contain_text("Moins de 18 ans")
    page.locator("button", has_text="Retour").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "INPUT", "from the question, one step leads to the answer"


def test_an_exercise_leaves_nothing(site: FormSite, link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/forms/visite")
    page.locator("main button", has_text="S’exercer").click()
    fill_visit(page, "Pour essayer", (4,))
    page.locator("button", has_text="Finir l’exercice").click()
    expect(page.locator("main")).to_contain_text("Rien n’a été envoyé ni gardé")
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator("main")).not_to_contain_text("Commencées")
    expect(page.locator("main")).not_to_contain_text("Finies")


def test_every_screen_of_a_form_holds_for_those_who_hear_or_type_it(
    site: FormSite, link: MobileLink, page: Page, root: Path
) -> None:
    """axe-core reports nothing on any screen, and the keyboard alone leads from the first question to the last."""
    open_and_enrol(page, site, link)
    axe = (root / "pwa/node_modules/axe-core/axe.min.js").read_text("utf-8")
    link.down = True
    begin_form(page, link.url, "visite")
    for step in range(12):
        page.evaluate(axe)
        violations = page.evaluate(
            "async () => (await axe.run('main')).violations.map(one => one.id + ': ' + one.nodes[0].html)"
        )
        assert violations == [], f"screen {step + 1}"
        if page.locator("form.sheet h2", has_text="Vérifiez").count():
            break
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type")
        if kind == "text":
            page.keyboard.type("Au clavier")
            page.keyboard.press("Enter")
        elif kind == "radio":
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
        else:
            page.locator("form.sheet button", has_text=re.compile("Suivant|Non, aucun")).focus()
            page.keyboard.press("Enter")
    expect_question(page, "Vérifiez")
