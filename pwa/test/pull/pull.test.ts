/** Stories of a phone and a server: news arrives, survives cuts, and is refused where it does not verify. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let publisher: FakePublisher;
let server: FakeFeedServer;
let phone: Phone;

beforeEach(async () => {
  publisher = await FakePublisher.make();
  server = new FakeFeedServer(publisher);
  server.editions.push(await publisher.publish(samplePages(4, 60)));
  phone = await Phone.make(server.fetch);
});

async function publish(...args: Parameters<typeof samplePages>): Promise<void> {
  server.editions.push(await publisher.publish(samplePages(...args)));
}

describe("arriving", () => {
  it("a new phone gets everything in one request, and the date of confirmation", async () => {
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
    assert.deepEqual(server.requests, ["/feed/fr-ML"]);
    assert.equal(await phone.editionId(), server.head.id);
    assert.equal(await phone.checkShownPages(), 67);
    assert.equal((await phone.store.holding("fr-ML"))?.confirmed, "2026-11-25");
    assert.equal(await phone.store.progress("fr-ML"), undefined);
  });

  it("nothing new is one short request, and a later confirmation counts", async () => {
    await phone.pull();
    server.date = "2026-11-29";
    assert.deepEqual(await phone.pull(), { kind: "head", changed: false });
    assert.deepEqual(server.requests.slice(1), [`/feed/fr-ML?have=${server.head.id}`]);
    assert.equal((await phone.store.holding("fr-ML"))?.confirmed, "2026-11-29");
    server.date = "2026-11-26";
    await phone.pull();
    assert.equal((await phone.store.holding("fr-ML"))?.confirmed, "2026-11-29");
  });

  it("a new edition brings what changed, moved and went, in one request", async () => {
    await phone.pull();
    const sent = server.sentBytes;
    const pages = samplePages(4, 61, 1).filter(({ path }) => path !== "guides/guide-9");
    server.editions.push(await publisher.publish([...pages.slice(0, 20), ...pages.slice(20).reverse()]));
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
    assert.equal(server.requests.length, 2);
    assert(server.sentBytes - sent < sent / 2);
    assert.deepEqual(
      await phone.paths(),
      server.head.manifest.entries.map((entry) => entry.path),
    );
    await phone.checkShownPages();
  });

  it("an answer that leads to an older edition is followed by one that leads to the head", async () => {
    const olderEdition = server.head;
    await publish(4, 60, 1);
    const fetch: typeof server.fetch = (address, init) =>
      server.fetch(address === "/feed/fr-ML" ? `/feed/fr-ML?to=${olderEdition.id}` : address, init);
    const other = await Phone.make(fetch);
    assert.deepEqual(await other.pull(), { kind: "head", changed: true });
    assert.equal(await other.editionId(), server.head.id);
  });

  it("pages that no edition needs any more are dropped", async () => {
    await phone.pull();
    const before = server.head.bodies;
    await publish(4, 60, 1);
    await phone.pull();
    const removed = [...before.keys()].filter((digest) => !server.head.bodies.has(digest));
    assert(removed.length > 0);
    assert.deepEqual(await phone.store.missing(removed), removed);
  });

  it("progress is reported in pages and bytes, and ends complete", async () => {
    await phone.pull();
    const last = phone.progressReports[phone.progressReports.length - 1];
    assert.equal(last?.pages, 67);
    assert.equal(last?.pagesTotal, 67);
    assert(phone.progressReports.every((moment) => moment.isFirstDownload));
    assert(
      phone.progressReports.some((moment) => !moment.isFirstPartReady) &&
        phone.progressReports.some((moment) => moment.isFirstPartReady && moment.pages < 67),
    );
  });

  it("bytes over the network are counted, and the server's clock is reported", async () => {
    await phone.pull();
    assert.equal(phone.spent, server.sentBytes);
    assert.equal(phone.serverTime, 0);
  });
});

describe("the first part", () => {
  it("may be read while the rest is still missing", async () => {
    server.faults.push({ kind: "cut", after: 6_000 });
    assert.deepEqual(await phone.pull(), { kind: "interrupted", progressed: true });
    assert.equal(await phone.editionId(), "");
    assert.equal(await phone.checkShownPages(), 7);
    assert(await phone.body("guides/guide-3"));
    assert.equal(await phone.body("guides/guide-40"), undefined);
  });

  it("is enough for a browser that saves data, until the person wants all", async () => {
    phone.savesData = true;
    assert.deepEqual(await phone.pull(), { kind: "first-only" });
    const sent = server.sentBytes;
    assert.deepEqual(await phone.pull(), { kind: "first-only" });
    assert(server.sentBytes - sent < 3_000, "seeing that nothing is new costs little");
    assert.equal(await phone.checkShownPages(), 7);
    phone.savesData = false;
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
    assert.equal(await phone.checkShownPages(), 67);
  });

  it("of a newer edition is shown before the old rest until all is there", async () => {
    server.editions.push(await publisher.publish(samplePages(4, 300, 1, 200)));
    await phone.pull();
    await publish(4, 600, 2, 200);
    server.faults.push({ kind: "cut", after: 150_000 });
    assert.equal((await phone.pullUntilFinal(1)).kind, "interrupted");
    const holding = await phone.store.holding("fr-ML");
    assert.equal(holding?.early?.id, server.head.id);
    assert.equal(await phone.body("index"), "Accueil\n<h1>Accueil</h1><p>2");
    assert.equal(await phone.checkShownPages(), 307);
    await phone.pullUntilFinal();
    assert.equal(await phone.editionId(), server.head.id);
    assert.equal((await phone.store.holding("fr-ML"))?.early, null);
  });
});

describe("a link that breaks", () => {
  it("costs only the page in flight, however often", async () => {
    const { length } = await (await server.fetch("/feed/fr-ML")).text();
    server.sentBytes = 0;
    for (let cut = 0; cut < 50; cut++) server.faults.push({ kind: "cut", after: 1_500 + 37 * cut });
    assert.deepEqual(await phone.pullUntilFinal(), { kind: "head", changed: true });
    await phone.checkShownPages();
    const again = server.requests.length - 2;
    assert(server.sentBytes < length + again * (1_000 + 1_000), `${server.sentBytes} for ${length}, ${again} cuts`);
  });

  it("resumes the same edition after the head has moved, then goes on to the head", async () => {
    server.faults.push({ kind: "cut", after: 9_000 });
    await phone.pull();
    const first = server.head.id;
    await publish(4, 60, 1);
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
    assert.match(server.requests[1] ?? "", new RegExp(`to=${first}&after=\\d+`));
    assert.equal(server.requests[2], `/feed/fr-ML?have=${first}`);
    assert.equal(await phone.editionId(), server.head.id);
  });

  it("starts over when the edition it was downloading is gone from the server", async () => {
    server.faults.push({ kind: "cut", after: 9_000 });
    await phone.pull();
    await publish(4, 60, 1);
    server.editions.shift();
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
    assert.equal(await phone.editionId(), server.head.id);
    await phone.checkShownPages();
  });

  it("before anything came leaves all as it was", async () => {
    server.faults.push(
      { kind: "silent" },
      { kind: "cut", after: 0 },
      { kind: "cut", after: 100 },
      { kind: "status", status: 503 },
    );
    assert.deepEqual(await phone.pull(), { kind: "interrupted", progressed: false });
    assert.deepEqual(await phone.pull(), { kind: "interrupted", progressed: false });
    assert.deepEqual(await phone.pull(), { kind: "interrupted", progressed: false });
    assert.deepEqual(await phone.pull(), { kind: "busy" });
    assert.equal(await phone.checkShownPages(), 0);
    assert.deepEqual(await phone.pull(), { kind: "head", changed: true });
  });

  it("a stalled link is given up", async () => {
    const silent = await Phone.make(
      (_, init) =>
        new Promise((_, reject) =>
          init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
        ),
    );
    const { pullContext: context } = silent;
    const { createNetwork } = await import("../../src/net/network");
    const { pull } = await import("../../src/pull/pull");
    const network = createNetwork({
      fetch: silent.fetch,
      onEnd: () => undefined,
      onServerTime: () => undefined,
      stallTimeout: 20,
    });
    assert.deepEqual(await pull({ ...context, network }, "fr-ML"), { kind: "interrupted", progressed: false });
  });

  it("an unknown channel is an outcome of its own", async () => {
    assert.deepEqual(await Phone.with(phone.store, server.fetch, "xx-XX").pull(), { kind: "unknown-channel" });
  });
});
