/**
 * A pull in a page or worker: under one lock, with the data saver respected, its traffic counted and its outcome
 * noted.
 */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { isSavingData, pullChannel } from "../../src/pull/browser-pull";
import { type FakeBrowser, installBrowser } from "../support/browser-globals";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { samplePages } from "../support/sample-pages";

const HUB = "https://kayes.example.org";
const POLICY = `<meta http-equiv=Content-Security-Policy content="connect-src 'self' ${HUB}">`;

let browser: FakeBrowser;
let server: FakeFeedServer;
let store: MemoryStore;

beforeEach(async () => {
  browser = installBrowser();
  server = new FakeFeedServer(await FakePublisher.make("exemple.ml"));
  const pages = samplePages(2, 30).map((page) =>
    page.path === "_shell" ? { ...page, body: POLICY + page.body } : page,
  );
  server.editions.push(await server.publisher.publish(pages));
  server.date = new Date().toISOString().slice(0, 10);
  server.clock = Date.now();
  browser.fetch = server.fetch;
  store = new MemoryStore();
});

/** Waits for work that a pull does after its end. */
async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isDone()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail("did not happen");
}

describe("a pull in the browser", () => {
  it("brings the edition under the lock of all tabs, and notes when and how it ended", async () => {
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "head", changed: true });
    assert.deepEqual(browser.locks, ["kunnafoni-pull"]);
    const requestCount = await store.setting("asked");
    assert.equal(requestCount?.ended, "head");
    assert(Math.abs((requestCount?.at ?? 0) - Date.now()) < 60_000);
  });

  it("works without locks, in browsers that have none", async () => {
    Object.assign(navigator, { locks: undefined });
    assert.equal((await pullChannel(store, "fr-ML")).kind, "head");
  });

  it("counts its bytes by month, and notes how far the server's clock is ahead", async () => {
    await pullChannel(store, "fr-ML");
    const month = server.date.slice(0, 7);
    await until(async () => (await store.setting("spent"))?.[month] === server.sentBytes);
    assert(Math.abs((await store.setting("ahead")) ?? Infinity) < 60_000);
  });

  it("stops after the first part where the browser saves data, unless the person asked for everything", async () => {
    browser.savesData = true;
    assert.equal(isSavingData(), true);
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "first-only" });
    await store.changeSetting("everything", () => true);
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "head", changed: true });
  });

  it("reports a failing store as a full disk, and never throws", async () => {
    store.holding = () => Promise.reject(new Error("closed"));
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "storage-full" });
  });

  it("reports its progress", async () => {
    const pages: number[] = [];
    await pullChannel(store, "fr-ML", (moment) => pages.push(moment.pages));
    assert.equal(pages[pages.length - 1], 35);
  });
});

describe("a pull in the browser with a chosen hub", () => {
  beforeEach(async () => {
    await pullChannel(store, "fr-ML");
    await store.changeSetting("hub", () => HUB);
    await store.changeSetting("followed", () => "fr-ML");
    server.requests.length = 0;
  });

  it("asks the hub alone where its edition was confirmed today", async () => {
    browser.fetch = (address, init) => server.fetch(address.replace(HUB, ""), init);
    const addresses: string[] = [];
    const { fetch } = browser;
    browser.fetch = (address, init) => {
      addresses.push(address);
      return fetch(address, init);
    };
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "head", changed: false });
    assert(addresses.length === 1 && addresses[0]?.startsWith(HUB));
    assert.equal((await store.setting("hubSaid"))?.ended, "head");
  });

  it("asks the site as well where the hub's edition was confirmed on an earlier day", async () => {
    const holding = await store.holding("fr-ML");
    const trust = await store.trust();
    assert(holding && trust);
    await store.show({ ...holding, confirmed: "2020-01-01" }, trust, true);
    server.date = "2020-01-02";
    browser.fetch = (address, init) => server.fetch(address.replace(HUB, ""), init);
    assert.equal((await pullChannel(store, "fr-ML")).kind, "head");
    assert.equal(server.requests.length, 2);
  });

  it("asks the site where the hub is silent, and notes both", async () => {
    browser.fetch = (address, init) =>
      address.startsWith(HUB) ? Promise.reject(new TypeError("Failed to fetch")) : server.fetch(address, init);
    assert.deepEqual(await pullChannel(store, "fr-ML"), { kind: "head", changed: false });
    assert.equal((await store.setting("hubSaid"))?.ended, "interrupted");
    assert.equal((await store.setting("asked"))?.ended, "head");
  });
});
