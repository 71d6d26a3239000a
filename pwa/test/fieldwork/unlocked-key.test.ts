/** The PIN's key goes from one page to the next through the service worker's memory, and nowhere else. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { generatePhoneKey } from "../../src/crypto/local-encryption";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { localTime, openFieldSession } from "../../src/fieldwork/field-session";
import { fetchSessionKey, storeSessionKey } from "../../src/fieldwork/unlocked-key";
import { Vault } from "../../src/fieldwork/vault";
import { define } from "../support/browser-globals";
import { MemoryStore } from "../support/memory-store";
import { newStore } from "../support/phone-with-store";

const openPorts: MessagePort[] = [];

afterEach(() => {
  for (const port of openPorts.splice(0)) port.close(); // an open one keeps Node running
});

/** A service worker that holds what pages leave; with `isSilent`, one that does not respond. */
function installWorker({ isSilent = false, held = null as unknown } = {}): { held: unknown } {
  const worker = { held };
  const postMessage = (message: unknown, ports: readonly MessagePort[] = []) => {
    openPorts.push(...ports);
    if (isSilent) return;
    if (message === "key") ports[0]?.postMessage(worker.held);
    else worker.held = (message as { key: unknown }).key;
  };
  define("navigator", { serviceWorker: { controller: { postMessage } } });
  return worker;
}

describe("the PIN's key between two pages", () => {
  it("is the one that the page before left", async () => {
    installWorker();
    const key = await generatePhoneKey();
    storeSessionKey(key);
    assert((await fetchSessionKey()) instanceof CryptoKey);
  });

  it("is removed by null", async () => {
    const worker = installWorker({ held: await generatePhoneKey() });
    storeSessionKey(null);
    assert.equal(worker.held, null);
    assert.equal(await fetchSessionKey(), null);
  });

  it("is null where the worker holds none, something else, or does not respond", async () => {
    installWorker();
    assert.equal(await fetchSessionKey(), null);
    installWorker({ held: "no key" });
    assert.equal(await fetchSessionKey(), null);
    installWorker({ isSilent: true });
    assert.equal(await fetchSessionKey(), null);
  });

  it("is null in a page without a worker, and cannot be left", async () => {
    for (const navigator of [{}, { serviceWorker: {} }, { serviceWorker: { controller: null } }]) {
      define("navigator", navigator);
      assert.equal(await fetchSessionKey(), null);
      storeSessionKey(await generatePhoneKey());
    }
  });
});

describe("a page with forms", () => {
  it("is open at once with the key that the page before left, and is opened once", async () => {
    await newStore();
    const vault = await Vault.open(openFieldworkStore());
    await vault.changePin("2468");
    installWorker({ held: vault.key });
    const store = new MemoryStore();
    const session = await openFieldSession(store);
    assert.deepEqual([session.vault.hasPin, session.vault.isOpen, session.store], [true, true, store]);
    assert.equal(await openFieldSession(store), session);
  });

  it("dates forms by the server's clock where the phone's is days off", async () => {
    const store = new MemoryStore();
    const year = new Date().getFullYear();
    assert.equal((await localTime(store)).today.slice(0, 4), String(year));
    await store.changeSetting("ahead", () => 800 * 24 * 60 * 60_000);
    const { today, now } = await localTime(store);
    assert(Number(today.slice(0, 4)) > year);
    assert.match(now, new RegExp(`^${today}T\\d\\d:\\d\\d$`));
  });
});
