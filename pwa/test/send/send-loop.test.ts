/** While the app is open: what a device signed goes at once, reports one at a time and apart from everything else. */
import assert from "node:assert/strict";
import { before, beforeEach, describe, it, mock } from "node:test";
import { openFieldworkStore } from "../../src/db/fieldwork-store";
import { startSendLoop } from "../../src/send/send-loop";
import { type FakeBrowser, installBrowser } from "../support/browser-globals";
import { FakeInbox } from "../support/fake-inbox";
import { TestKey } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { FieldworkPhone, smallForm } from "../support/phone-with-fieldwork";

const MINUTE = 60_000; // ms
const REPORT = smallForm({ audience: "public", form: "rumeur" });

let browser: FakeBrowser;
let inbox: FakeInbox;
let phone: FieldworkPhone;
let store: MemoryStore;

before(() => mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.parse("2026-11-25T08:00:00Z") }));

beforeEach(async () => {
  browser = installBrowser();
  inbox = new FakeInbox("exemple.ml", await TestKey.make());
  phone = await FieldworkPhone.make(inbox);
  await phone.enrol();
  inbox.requests.length = 0;
  browser.fetch = inbox.fetch;
  store = new MemoryStore();
  const trust = { site: inbox.site, epoch: 1, key: inbox.key.public_, nextKeyDigest: "n" };
  await store.keepPages(new Map(), { trust });
  await store.changeSetting("waiting", () => true);
});

/** Starts a round, and waits until it has left the store alone for a while. */
async function runRound(): Promise<void> {
  startSendLoop(store);
  await settle();
}

async function settle(): Promise<void> {
  let last = "";
  for (let quiet = 0; quiet < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const state = JSON.stringify([inbox.requests.length, await openFieldworkStore().outbox()]);
    quiet = state === last ? quiet + 1 : 0;
    last = state;
  }
}

const submissionsOf = (lines: readonly string[]) => lines.filter((line) => line.startsWith('{"submission"')).length;
const sentTogether = () =>
  inbox.requests.filter(({ path }) => path === "/inbox").map(({ lines }) => submissionsOf(lines));

describe("the send loop", () => {
  it("sends what a device signed in one request, and reports the change on the window", async () => {
    for (const mot of ["un", "deux"]) await phone.fill(smallForm(), { mot });
    await runRound();
    assert.deepEqual(sentTogether(), [2]);
    assert.deepEqual(browser.events, ["outbox"]);
    assert((await phone.fieldwork.outbox()).every(({ state }) => state === "received"));
  });

  it("sends one report a round, and puts the others off by ten minutes or more", async () => {
    for (const mot of ["un", "deux", "trois"]) await phone.fill(REPORT, { mot });
    await runRound();
    assert.deepEqual(sentTogether(), [1]);
    const waiting = (await phone.fieldwork.outbox()).filter(({ state }) => state === "waiting");
    assert.equal(waiting.length, 2);
    for (const { notBefore } of waiting) assert(notBefore >= Date.now() + 10 * MINUTE);
    await runRound();
    assert.deepEqual(sentTogether(), [1], "none is due yet");
    mock.timers.setTime(Date.now() + 61 * MINUTE);
    await runRound();
    assert.deepEqual(sentTogether(), [1, 1]);
  });

  it("sends no report in the round that sends what a device signed", async () => {
    const report = await phone.fill(REPORT, { mot: "on dit" });
    await phone.fill(smallForm(), { mot: "signé" });
    await runRound();
    assert(!inbox.submissions.has(report.id));
    assert(((await phone.fieldwork.outboxEntry(report.id))?.notBefore ?? 0) >= Date.now() + 10 * MINUTE);
  });

  it("asks for the answer to something received, for sixty days", async () => {
    const { id } = await phone.fill(REPORT, { mot: "pourquoi ?" });
    await runRound();
    inbox.answers.set(id, { text: "Parce que.", lang: "fr", date: "2026-11-27" });
    await runRound();
    assert.equal((await phone.fieldwork.outboxEntry(id))?.answer?.text, "Parce que.");
    const other = await phone.fill(REPORT, { mot: "et alors ?" });
    await phone.fieldwork.changeEntry(other.id, (current) => ({ ...current, state: "received", day: "2026-08-01" }));
    const before = inbox.requests.length;
    await runRound();
    assert.equal(inbox.requests.length, before);
  });

  it("sends to headquarters the report that only a hub carries", async () => {
    const { id } = await phone.fill(REPORT, { mot: "on dit" });
    await phone.fieldwork.changeEntry(id, (current) => ({ ...current, state: "carried", carrier: "Hub de Kayes" }));
    await runRound();
    assert.deepEqual(
      inbox.requests.map(({ path }) => path),
      ["/inbox/receipts", "/inbox"],
    );
    assert.equal((await phone.fieldwork.outboxEntry(id))?.state, "received");
  });

  it("reports when nothing waits any more", async () => {
    const { id } = await phone.fill(REPORT, { mot: "x" });
    await runRound();
    assert.equal(await store.setting("waiting"), true, "an answer may come");
    inbox.answers.set(id, { text: "Oui.", lang: "fr", date: "2026-11-27" });
    mock.timers.setTime(Date.now() + 61 * MINUTE);
    await runRound();
    assert.equal(await store.setting("waiting"), false);
  });

  it("goes on after a round that failed", async () => {
    await phone.fill(smallForm(), { mot: "x" });
    browser.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    await runRound();
    assert.equal(inbox.submissions.size, 0);
    browser.fetch = inbox.fetch;
    mock.timers.tick(5 * MINUTE);
    await runRound();
    assert.equal(inbox.submissions.size, 1);
  });

  it("leaves a busy server alone for longer after each round that was turned away", async () => {
    await phone.fill(smallForm(), { mot: "x" });
    let requests = 0;
    browser.fetch = async () => {
      requests++;
      return new Response("{}", { status: 503 });
    };
    await runRound();
    assert.equal(requests, 1);
    const rounds = async (minutes: number) => {
      const before = requests;
      for (let passed = 0; passed < minutes; passed += 0.5) {
        mock.timers.tick(MINUTE / 2);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await settle();
      return requests - before;
    };
    assert.equal(await rounds(7), 0, "a quarter less than ten minutes at least");
    assert.equal(await rounds(6), 1, "a quarter more at most");
    assert.equal(await rounds(8), 0, "then twice as long");
    browser.fetch = inbox.fetch;
    await runRound();
    assert.equal(inbox.submissions.size, 1);
  });
});
