"""A complaint followed on the phone, offline: from the first question to letters, days later, and to its erasure."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, Page, Playwright, expect

from tests.support import chromium_process, chromium_profile
from tests.support.bad_days import BadDay
from tests.support.browser_form_site import write_png
from tests.support.browser_push import wait_for_notifications
from tests.support.case_steps import CASE, NO_ROOM, NOT_SAID, PIN, answer, begin, keep_under_code, open_harms
from tests.support.chromium import PhoneFactory, wait_until_offline_ready, wait_until_true
from tests.support.listening import deed, give_voice, hear_next, hear_until, hide_text
from tests.support.mobile_link import MobileLink

LINK = "https://exemple.ml/distinctive-7041"
WORDS = (LINK, "Ma photo au marché de Kéniéba", "Compte Zankè", "Awa Distinctive", "Refus de Facebook Zoumana")
DAY = datetime.timedelta(days=1)
EMPTY_PICTURES = """[...document.querySelectorAll("main use")].map((use) => use.getAttribute("href"))
    .filter((name) => !document.querySelector(name))"""
# A tap on a link whose screen cannot read its texts yet, and "back"; then all that the screen reads is there.
OPEN_AND_GO_BACK = """async (link) => {
    const settled = (request) => new Promise((done) => { request.onsuccess = () => done(request.result) });
    const database = await settled(indexedDB.open("kunnafoni"));
    const names = [...database.objectStoreNames];
    const store = database.transaction(names, "readwrite").objectStore(names[0]);
    let isHeld = true;
    const hold = () => { if (isHeld) store.count().onsuccess = hold };
    hold();
    const back = new Promise((done) => addEventListener("popstate", done, { once: true }));
    link.click();
    setTimeout(() => history.back());
    await back;
    isHeld = false;
    for (let reads = 0; reads < 99; reads++) await settled(database.transaction(names).objectStore(names[0]).count());
    database.close();
}"""


@contextlib.contextmanager
def phone_without_network(
    playwright: Playwright, folder: Path, link: MobileLink, bad_day: BadDay
) -> Iterator[chromium_process.ChromiumProcess]:
    """A browser that keeps its files in `folder`, which is new, and has all pages; the link is down."""
    folder.mkdir()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link)
        phone.page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(phone.page)
        link.down = True
        yield phone


def note_proof(page: Page, picture: Path) -> Page:
    """Note a proof, whose link is looked for in another app; the browser drops the page meanwhile. The new page."""
    page.get_by_role("link", name="Noter une preuve").click()
    page.get_by_role("link", name="J’ai vu quelque chose").click()
    page.get_by_label("Application ou site").fill("Facebook")
    page.get_by_label("Nom du compte").fill(WORDS[2])
    page.get_by_label("Ce que cela montre").fill(WORDS[1])
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("link", name="Quelqu’un est témoin").click()
    page.get_by_label("Ce que cette personne a vu").fill("Elle l’a vu aussi")
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("link", name="J’ai vu quelque chose").click()
    page = come_back(page, expected="#link")
    expect(page.get_by_label("Nom du compte")).to_have_value(WORDS[2])
    expect(page.get_by_label("Ce que cela montre")).to_have_value(WORDS[1])
    page.get_by_label("Lien entier").fill(LINK)
    page.get_by_label("Captures d’écran").set_input_files(picture)
    page.get_by_role("button", name="Garder", exact=True).dblclick()
    expect(page.locator("main .rows li", has_text="SHA-256")).to_have_count(1)
    expect(page.locator("main .rows li", has=page.get_by_role("button", name="Effacer"))).to_have_count(1)
    return page


def come_back(page: Page, expected: str, days: int = 0) -> Page:
    """The page of a case, opened again days later, once its code is given where it is asked for. Meanwhile another page
    was in front, and the browser froze the first one and ended its renderer. `expected`: what is there then.
    """
    case, context = page.url, page.context
    other = context.new_page()
    other.bring_to_front()
    context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": "frozen"})
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    page.close()
    if days:
        other.clock.install(time=datetime.datetime.now(datetime.UTC) + days * DAY)
    other.goto(case)
    pin = other.locator("#pin")
    expect(pin.or_(other.locator(expected)).first).to_be_visible()
    if pin.is_visible():
        pin.fill(PIN)
        other.get_by_role("button", name="Ouvrir", exact=True).click()
    expect(other.locator(expected)).to_be_visible()
    return other


def printed_text(page: Page) -> str:
    """The text that stays on paper. The first link of a page stands outside of the paper, as of the screen."""
    page.emulate_media(media="print")
    text = page.locator("body").inner_text()
    page.emulate_media(media="screen")
    return text.removeprefix("Aller au texte")


def letter_of(page: Page, step: str) -> str:
    """The letter of a step, opened from the list, as it is printed: nothing else stands on that paper."""
    page.locator(f"[data-step={step}] a.go").click()
    page.wait_for_url(f"**/{step}#case=*")
    expect(page.get_by_role("button", name="Copier la lettre")).to_be_visible()
    letter = page.locator(".letter").inner_text()
    assert printed_text(page).split() == letter.split()
    return letter


@NO_ROOM
def test_a_published_photo_is_followed_to_the_data_authority_and_erased_without_a_trace(
    link: MobileLink, playwright: Playwright, tmp_path: Path, bad_day: BadDay
) -> None:
    folder = tmp_path / "profile"
    with phone_without_network(playwright, folder, link, bad_day) as phone:
        page = phone.page
        begin(page, link, "image", "nnnnnn", "Bamako")
        keep_under_code(page)
        expect(page.locator("[data-step=offender]")).to_have_count(0)
        page = note_proof(page, write_png(tmp_path / "capture.png", 90, 60))
        page.get_by_role("button", name="Retour").click()
        platform = letter_of(page, "platform")
        assert all(word in platform for word in (LINK, WORDS[2]))
        assert not re.search(r"[{}]", platform)
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.locator("[data-step=platform] input").check()
        page.locator("#days-platform").select_option("15")
        expect(page.locator("[data-step=platform]")).to_contain_text("étape suivante")
        page = come_back(page, "[data-step=platform]", days=15)
        expect(page.locator("[data-step=platform] input")).to_be_checked()
        expect(page.locator("main .note[role=status]")).to_contain_text("Étape suivante : Écrire à l’autorité")
        expect(page.locator("[data-step=authority]")).to_contain_text("Le plus proche, région Bamako :")
        expect(page.locator("[data-step=authority]")).to_contain_text("Reçoit les plaintes pour : ")
        authority = letter_of(page, "authority")
        assert all(word in authority for word in (LINK, WORDS[1], WORDS[2], "SHA-256", "APDP"))
        page.get_by_label("Vos nom et prénom").fill(WORDS[3])
        page.get_by_label("Ce que vous avez déjà demandé").fill(WORDS[4])
        page.get_by_role("link", name="Retour à ma démarche").click()
        assert WORDS[3] in letter_of(page, "prosecutor")
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.get_by_role("button", name="Imprimer le dossier").click()
        expect(page.locator(".printed img")).to_be_visible()
        assert printed_text(page).split() == page.locator(".printed").inner_text().split()
        assert all(word in printed_text(page) for word in (*WORDS[:3], "SHA-256", "Signaler à la plateforme"))
        page.get_by_role("button", name="Retour").click()
        page.get_by_role("button", name="Effacer ce dossier").click()
        page.get_by_role("button", name="Oui, effacer").click()
        expect(page.locator("[data-harm=image]")).to_be_visible()
        expect(page.locator("[data-cases]")).to_have_count(0)
        phone.close()
    assert chromium_profile.find_words(folder, WORDS) == set()


@NO_ROOM
def test_without_a_code_the_list_of_steps_alone_stays(
    link: MobileLink, playwright: Playwright, tmp_path: Path, bad_day: BadDay
) -> None:
    folder = tmp_path / "profile"
    with phone_without_network(playwright, folder, link, bad_day) as phone:
        page = phone.page
        begin(page, link, "scam", "nnny")
        page.get_by_role("link", name="Ne rien garder").click()
        expect(page.locator("main")).to_contain_text("Rien n’est gardé. Fermer cette page efface tout.")
        reminder = page.locator("[data-step=prosecutor] .rows a")
        expect(reminder).to_have_attribute("href", re.compile("/scam/procureur-relance#case=$"))
        letter_of(page, "police")
        page.get_by_label("Somme perdue").fill(WORDS[2])  # not marked sensitive, and yet in no file
        expect(page.locator(".letter")).to_contain_text(WORDS[2])
        begin(page, link, "scam", "nnny")
        page.get_by_role("link", name="sans code").click()
        expect(page.locator("main")).to_contain_text("peut lire cette liste d’étapes. Aucun de vos mots n’est gardé.")
        page.get_by_role("link", name="Noter une preuve").click()
        expect(page.get_by_role("link", name="Garder, avec un code")).to_be_visible()
        page.get_by_role("button", name="Retour").click()
        letter_of(page, "police")
        page.get_by_label("Vos nom et prénom").fill(WORDS[3])
        expect(page.locator(".letter")).to_contain_text(WORDS[3])
        page.get_by_role("link", name="Retour à ma démarche").click()
        page.locator("[data-step=police] input").check()
        expect(page.locator("[data-step=police]")).to_contain_text("Fait le")
        phone.close()
    with chromium_process.running_chromium(playwright, folder) as phone:
        bad_day.meet(phone.page.context, link, is_new=False)
        phone.page.goto(link.url + CASE)
        phone.page.get_by_role("link", name="Mes dossiers").click()
        phone.page.get_by_role("link", name=re.compile("^Dossier 1")).click()
        expect(phone.page.locator("[data-step=police] input")).to_be_checked()
        phone.close()
    assert chromium_profile.find_words(folder, WORDS) == set()


@NO_ROOM
def test_danger_and_threats_never_lead_to_the_offender_and_intimate_pictures_are_not_taken(
    link: MobileLink, phones: PhoneFactory
) -> None:
    page = phones().new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    begin(page, link, "image", "ynn")  # in danger: who runs the site may be the person feared
    page.get_by_role("link", name="Ne rien garder").click()
    expect(page.locator("[data-step=platform]")).to_be_visible()
    expect(page.locator("[data-step=offender], [data-step=site]")).to_have_count(0)
    begin(page, link, "image", "nyn")  # rather: intimate images
    keep_under_code(page)
    expect(page.locator("main")).to_contain_text("N’écrivez pas à l’auteur")
    page.get_by_role("link", name="Noter une preuve").click()
    expect(page.locator("main p.danger:visible")).to_contain_text("Aucune image n’est gardée ici")
    page.get_by_role("link", name="J’ai vu quelque chose").click()
    expect(page.get_by_label("Ce que cela montre")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.locator("main .note", has_text="n’a pas de voix pour lire")).to_be_visible()
    expect(page.locator(".listen")).to_have_count(0)
    page.locator("[data-exit]").click()
    page.wait_for_url(f"{link.url}/app/table.html")
    page.go_back()
    assert "complaints" not in page.url


@NO_ROOM
def test_a_reminder_comes_on_its_day_and_tells_nothing(link: MobileLink, phones: PhoneFactory) -> None:
    context = phones()
    context.grant_permissions(["notifications"], origin=link.url)
    page = context.new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    begin(page, link, "scam", "nnny")
    page.get_by_role("link", name="sans code").click()
    police = page.locator("[data-step=police]")
    police.locator("input").check()
    page.locator("#days-police").select_option("3")
    police.get_by_role("button", name="Me le rappeler").click()
    expect(police).to_contain_text("Une notification sans détail")
    registrations: list[str] = []
    session = context.new_cdp_session(page)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_for_notifications(page, [])
    context.service_workers[0].evaluate("(now) => { Date.now = () => now + 4 * 864e5 }", page.evaluate("Date.now()"))
    wake = {"origin": link.url, "registrationId": registrations[-1], "tag": "news"}
    session.send("ServiceWorker.dispatchPeriodicSyncEvent", wake)
    [notification] = wait_for_notifications(page, ["Ouvrez l’application"])
    assert notification["body"] == "Il y a peut-être du nouveau."
    page.clock.install(time=datetime.datetime.now(datetime.UTC) + 4 * DAY)
    page.goto(f"{link.url}/fr-ML/")
    page.get_by_role("link", name="Continuer : Rappel").click()
    page.get_by_role("link", name="Mes dossiers").click()
    page.get_by_role("link", name=re.compile("^Dossier 1")).click()
    expect(page.locator("main .note[role=status]")).to_contain_text("Étape suivante")


@NO_ROOM
def test_back_pressed_fast_shows_the_question_whose_answer_it_took_away(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    open_harms(page, link)
    page.locator("[data-harm=image]").click()
    first = page.locator("main h2:visible").first.text_content() or ""
    for _ in range(3):
        answer(page, "Non")
    page.evaluate("for (let times = 0; times < 3; times++) history.back()")
    expect(page.locator("main h2:visible").first).to_have_text(first)
    for _ in range(6):
        answer(page, "Non")
    answer(page, NOT_SAID)
    offer = page.get_by_role("heading", name="Qui d’autre tient ce téléphone ?")
    expect(offer).to_be_visible()
    keep_nothing = page.get_by_role("link", name="Ne rien garder")
    keep_nothing.evaluate(OPEN_AND_GO_BACK)
    keep_nothing.click()
    expect(page.locator("[data-step=platform]")).to_be_visible()
    page.get_by_role("button", name="Tous mes dossiers").click()
    page.locator("[data-harm=scam]").click()
    expect(page.locator("main .rows a:visible", has_text="Oui")).to_be_visible()
    page.go_back()  # not into the screens of the case before
    expect(page.locator("[data-harm=scam]")).to_be_visible()


@NO_ROOM
def test_the_list_of_steps_is_reached_by_sound_and_pictures_alone_without_a_network(
    link: MobileLink, page: Page
) -> None:
    give_voice(page)
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.context.set_offline(True)
    hide_text(page)
    open_harms(page, link)
    open_what_is_heard(page, "On a publié ma photo")
    for _ in range(6):
        open_what_is_heard(page, "Non")
    open_what_is_heard(page, "Kayes")
    page.get_by_role("link", name="Garder, avec un code").click()
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN[1:])
    page.get_by_role("button", name="Garder ce code").click()
    expect(page.locator("main [role=alert]")).to_contain_text("pas les mêmes")
    deed(page, "play").click()
    hear_until(page, "Nouveau code, 6 signes au moins")
    hear_until(page, "Les deux codes ne sont pas les mêmes.")
    page.evaluate("speechSynthesis.finish()")
    assert PIN not in " ".join(page.evaluate("said"))
    open_what_is_heard(page, "Garder la liste des étapes, sans code")
    expect(page.locator("[data-step=authority]")).to_contain_text("Pas de bureau connu dans votre région")
    page.locator("[data-step=platform] input").check()
    expect(page.locator("#days-platform")).to_be_visible()
    deed(page, "play").click()
    for words in (
        "Votre région : Kayes",
        "Se mettre en sécurité",
        "Garder la preuve",
        "Signaler à la plateforme",
        "Dire sa plainte sans écrire",
    ):
        hear_until(page, words)
        expect_picture(page)
    assert "Je ne compte pas les jours" not in " ".join(page.evaluate("said"))  # a choice of a list


def open_what_is_heard(page: Page, words: str) -> None:
    """Hear a screen until the words are said, see their picture, and open them; the next screen is there."""
    hear_next(page, "play")
    hear_until(page, words)
    expect_picture(page)
    title = page.evaluate("[...document.querySelectorAll('main h2')].find((each) => each.offsetParent)?.textContent")
    deed(page, "open").click()
    wait_until_true(
        page, "(title) => document.activeElement.matches('h2') && document.activeElement.textContent !== title", title
    )


def expect_picture(page: Page) -> None:
    """A picture that is drawn stands beside what is being said, and no other on the screen is empty."""
    beside = page.locator("main .heard").first.locator("xpath=ancestor::*[descendant::*[name()='use']][1]")
    assert beside.evaluate("(part) => part.matches('a, li, h2, p')")
    assert page.evaluate(EMPTY_PICTURES) == []
