"""A message shared from another app is checked on the phone without a network; what nothing fits can be reported."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready, wait_until_true
from tests.support.mobile_link import MobileLink

MANGLED = "slt jé fé 1 depo 30000 sr ton num par ereur, tonton pardon renvoi moi larjan vit 🙏"
DICTATED = "oui bonjour alors la personne dit qu elle a déposé l argent par erreur sur mon numéro il faut lui renvoyer"
UNRELATED = "La chèvre du voisin a sauté la haie, viens m’aider à la réparer ce soir."
ENDLESS = "!" + "🙏" * 250_000  # 1 MB, and every limit falls inside an emoji
PACK = "kunnafoni-pack/1 fr-ML\nrien d’autre\n"
RECEIPTS = "kunnafoni-receipts/1 other.example\n# Reçus\nAA==\n"
SHARE_FILE = """text => {
    const form = document.createElement('form');
    Object.assign(form, {method: 'post', enctype: 'multipart/form-data', action: '/share'});
    const field = document.createElement('input');
    const chosen = new DataTransfer();
    chosen.items.add(new File([text], 'nom.txt', {type: 'text/plain'}));
    Object.assign(field, {name: 'file', type: 'file', files: chosen.files});
    form.append(field);
    document.body.append(form);
    form.submit();
}"""
SHARE = """text => {
    const form = document.createElement('form');
    Object.assign(form, {method: 'post', enctype: 'multipart/form-data', action: '/share'});
    const field = document.createElement('textarea');
    Object.assign(field, {name: 'text', value: text});
    form.append(field);
    document.body.append(form);
    form.submit();
}"""


def test_a_shared_message_is_checked_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.evaluate(SHARE, MANGLED)
    answer = page.locator("[data-feature=check] section")
    expect(answer.locator(".rows a").first).to_contain_text("par erreur")
    expect(answer.locator("mark").first).to_be_visible()
    expect(page.locator("#message")).to_have_value(MANGLED)
    assert "#" not in page.url  # the words stand in no address that history keeps

    page.evaluate(SHARE, ENDLESS)
    expect(answer).to_contain_text("Aucune fiche de ce téléphone ne dit cela")
    expect(answer.get_by_role("link", name="Signaler cette rumeur")).to_be_visible()
    assert page.locator("#message").evaluate("field => field.value.length") == 4_000

    page.fill("#message", DICTATED)  # as a keyboard's microphone writes: no capital, no sign
    page.get_by_role("button", name="Vérifier").click()
    expect(answer.locator(".rows a").first).to_contain_text("par erreur")

    page.fill("#message", UNRELATED)
    page.get_by_role("button", name="Vérifier").click()
    expect(answer).to_contain_text("Aucune fiche de ce téléphone ne dit cela")
    answer.get_by_role("link", name="Signaler cette rumeur").click()
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator("main textarea").first).to_have_value(UNRELATED)


def test_a_shared_file_is_told_by_its_first_line_and_anything_else_refused(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.evaluate(SHARE_FILE, RECEIPTS)
    status = page.locator("[data-feature=outbox] [role=status]")
    expect(status).to_contain_text("Ces fiches sont pour une autre organisation.")
    assert page.url.endswith("/fr-ML/forms")

    page.evaluate(SHARE_FILE, "Bonjour, ceci est une liste de courses.")
    expect(status).to_contain_text("Rien n’en est gardé.")
    wait_until_true(page, "caches.has('shared').then((isKept) => !isKept)")

    page.evaluate(SHARE_FILE, PACK)
    expect(page.locator("[data-feature=pack]")).to_contain_text("kunnafoni.txt : Ce n’est pas")
