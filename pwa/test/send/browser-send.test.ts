/** Sending in a page: under one lock, compressed, and the rest is left for the service worker, encrypted. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { decrypt } from "../../src/crypto/local-encryption";
import { createSendContext, sendWaiting } from "../../src/send/browser-send";
import { type FakeBrowser, installBrowser } from "../support/browser-globals";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

let browser: FakeBrowser;
let inbox: FakeInbox;
let phone: FieldworkPhone;
let store: MemoryStore;

beforeEach(async () => {
  browser = installBrowser({ hasBackgroundSync: true });
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  browser.fetch = inbox.fetch;
  phone = await FieldworkPhone.make(inbox);
  await phone.enrol();
  store = new MemoryStore();
  await trustKey(1, inbox.key);
});

async function trustKey(epoch: number, key: TestKey): Promise<void> {
  const trust = { site: inbox.site, epoch, key: key.public_, nextKeyDigest: "n" };
  await store.keepPages(new Map(), { trust });
}

const sendAll = () => sendWaiting(store, phone.fieldwork);
const LONG = "un mot de plus ".repeat(90);

describe("sending in a page", () => {
  it("is done under the lock of all tabs and the worker", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "x" });
    assert.deepEqual(await sendAll(), { kind: "done", received: 1 });
    assert.deepEqual(browser.locks, ["kunnafoni-sending"]);
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
  });

  it("is not tried before the phone trusts a site, or has a key of its own", async () => {
    const before = inbox.requests.length;
    assert.equal(await sendWaiting(new MemoryStore(), phone.fieldwork), null);
    const fresh = await FieldworkPhone.make(inbox);
    await fresh.fieldwork.dropSetting("phoneKey");
    assert.equal(await sendWaiting(store, fresh.fieldwork), null);
    assert.equal(inbox.requests.length, before);
  });

  it("compresses requests, and gives them one of a few sizes", async () => {
    const context = await createSendContext(store, phone.fieldwork);
    for (const text of ["court", LONG]) {
      const { body, headers } = (await context?.compress(text)) ?? {};
      assert(body instanceof ArrayBuffer && body.byteLength === 1024);
      assert.deepEqual(headers, { "content-encoding": "gzip" });
    }
    await phone.fill(smallForm(), { mot: LONG });
    inbox.requests.length = 0;
    assert.deepEqual(await sendAll(), { kind: "done", received: 1 });
    assert.deepEqual(
      inbox.requests.map(({ size }) => size),
      [1024],
    );
  });

  it("sends a report alone", async () => {
    await phone.fill(smallForm(), { mot: "signé" });
    const report = await phone.fill(smallForm({ audience: "public", form: "rumeur" }), { mot: "on dit" });
    await sendWaiting(store, phone.fieldwork, report);
    assert.deepEqual([...inbox.submissions.keys()], [report.id]);
  });

  it("remembers the keys of earlier epochs, for late receipts", async () => {
    await createSendContext(store, phone.fieldwork);
    const next = await TestKey.make();
    await trustKey(2, next);
    const context = await createSendContext(store, phone.fieldwork);
    assert.deepEqual(
      [1, 2, 3].map((epoch) => context?.keyOfEpoch(epoch)),
      [inbox.key.public_, next.public_, undefined],
    );
    assert.deepEqual(Object.keys((await phone.fieldwork.setting("epochs")) ?? {}), ["1", "2"]);
  });
});

describe("requests that could not be sent", () => {
  it("is left for the worker, encrypted, and the browser is asked to wake it", async () => {
    await phone.fill(smallForm(), { mot: LONG });
    browser.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    assert.equal((await sendAll())?.kind, "interrupted");
    assert.deepEqual(browser.syncTags, ["outbox"]);
    const [request] = await phone.fieldwork.backgroundRequests();
    assert.equal(request?.headers["content-encoding"], "gzip");
    const key = await phone.fieldwork.setting("phoneKey");
    assert(key && request && (await decrypt(key, request.shut)));
  });

  it("is not left where the browser wakes no worker", async () => {
    browser = installBrowser();
    await phone.fill(smallForm(), { mot: "x" });
    assert.equal((await sendAll())?.kind, "interrupted");
    assert.deepEqual(await phone.fieldwork.backgroundRequests(), []);
  });

  it("and was posted by the worker is known to the next page without another request", async () => {
    const { id } = await phone.fill(smallForm(), { mot: "la nuit" });
    browser.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    await sendAll();
    const key = (await phone.fieldwork.setting("phoneKey")) as CryptoKey;
    const requests = [];
    for (const { shut, headers } of await phone.fieldwork.backgroundRequests()) {
      const body = (await decrypt(key, shut)) as ArrayBuffer;
      const response = await inbox.fetch("/inbox", { method: "POST", body, headers });
      requests.push({ shut, headers, answer: await response.text() });
    }
    await phone.fieldwork.saveBackgroundRequests(requests);
    browser.fetch = inbox.fetch;
    const before = inbox.requests.length;
    assert.equal((await sendAll())?.kind, "done");
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
    assert.equal(inbox.requests.length, before);
    assert.deepEqual(await phone.fieldwork.backgroundRequests(), [], "what was posted is dropped");
  });
});
