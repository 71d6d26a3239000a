"""Troubles of a phone in the field: a long page, no room, a double tap, a revocation. None costs a record."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from sync.submissions.devices import revoke
from tests.support.browser_form_site import (
    FormSite,
    begin_form,
    fill_visit,
    finish_form,
    tap_send,
)
from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink

# A tap on the first button of a removal and one on its yes right behind it; returns whether the yes was deaf.
DOUBLE_TAP = """() => {
    const find = words => [...document.querySelectorAll('main button')].find(one => one.textContent.startsWith(words))
    find('Enlever d’ici').click()
    const yes = find('Oui, enlever')
    const isDeaf = yes.disabled
    yes.click()
    return isDeaf
}"""
# A disk without room ends each write as browsers do; Chromium's own limit lets texts through. `empty` undoes it.
FULL = """() => {
    const {put} = IDBObjectStore.prototype
    const error = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'error')
    IDBObjectStore.prototype.put = function (...values) {
        const request = put.apply(this, values)
        request.addEventListener('success', () => this.transaction.abort())
        return request
    }
    const full = {configurable: true, get: () => new DOMException('full', 'QuotaExceededError')}
    Object.defineProperty(IDBTransaction.prototype, 'error', full)
    globalThis.empty = () => {
        IDBObjectStore.prototype.put = put
        Object.defineProperty(IDBTransaction.prototype, 'error', error)
    }
}"""
# The record that waits becomes many, or those many go again.
MULTIPLY = """isMore => new Promise(resolve => {
    const opening = indexedDB.open('kunnafoni')
    opening.onsuccess = () => {
        const writing = opening.result.transaction('outbox', 'readwrite')
        const store = writing.objectStore('outbox')
        store.getAll().onsuccess = ({target}) => {
            for (let n = 1; n < 300; n++) {
                const id = `copy${n}`
                isMore ? store.put({...target.result[0], id, code: id}, id) : store.delete(id)
            }
        }
        writing.oncomplete = () => { opening.result.close(); resolve() }
    }
})"""


def test_a_full_phone_a_double_tap_and_a_revocation_are_told_and_cost_nothing(
    site: FormSite, link: MobileLink, page: Page
) -> None:
    known = {record.id for record in site.records("submission:")}
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/phone#enrol={site.code()}")
    button = page.locator("#enrol button", has_text="Inscrire")
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.locator("main")).to_contain_text("Ce téléphone est inscrit")
    begin_form(page, link.url, "visite")
    page.evaluate(FULL)
    page.fill("form.sheet input", "Le puits est à sec " * 9)
    expect(page.locator("form.sheet")).to_contain_text("Plus de place : cette réponse n’est pas gardée")
    page.evaluate("() => globalThis.empty()")
    link.down = True
    fill_visit(page, "Le puits est à sec", (4,))
    code = finish_form(page)
    page.evaluate(MULTIPLY, True)
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator("main [data-code]")).to_have_count(20)
    expect(page.get_by_role("button", name="Envoyer ce qui attend")).to_be_in_viewport()
    page.evaluate(MULTIPLY, False)
    page.goto(f"{link.url}/fr-ML/forms")
    entry = page.locator(f"[data-code='{code}']")
    entry.locator("summary").click()
    assert page.evaluate(DOUBLE_TAP), "the yes is deaf at first"
    expect(entry).to_be_visible()
    entry.locator("xpath=..").get_by_role("button", name="Oui, enlever").click()
    expect(entry).to_have_count(0)
    page.get_by_role("button", name="Remettre").click()
    expect(entry).to_be_visible()
    link.down = False
    tap_send(page)
    expect(page.locator(f"[data-code='{code}'][data-state=received]")).to_be_visible()
    texts = [json.loads(record.body["text"]) for record in site.records("submission:") if record.id not in known]
    [device] = {text["device"] for text in texts if text.get("answers", {}).get("mot") == "Le puits est à sec"}
    site.in_store(lambda store: revoke(store, device, "2026-11-24"))
    page.goto(f"{link.url}/fr-ML/forms")
    expect(page.locator("main")).to_contain_text("La coordination a retiré ce téléphone le 24 novembre 2026")
    page.goto(f"{link.url}/fr-ML/phone")
    expect(page.locator("main")).to_contain_text("Ce téléphone n’est plus inscrit")
