/** Each feed response leads to one step, and leaves on the phone only what verified. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Interrupted } from "../../src/net/network";
import type { PullStep } from "../../src/pull/context";
import { readFeedResponse } from "../../src/pull/feed-reader";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let server: FakeFeedServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeFeedServer(await FakePublisher.make());
  server.editions.push(await server.publisher.publish(samplePages(2, 40)));
  phone = Phone.with(new MemoryStore(), server.fetch);
});

/** Reads the response to `query` as the phone stands now. */
async function read(query = ""): Promise<PullStep> {
  const { store, pullContext } = phone;
  const response = await pullContext.network.request(`/feed/fr-ML${query}`);
  const [holding, progress, trust] = [await store.holding("fr-ML"), await store.progress("fr-ML"), await store.trust()];
  return readFeedResponse(pullContext, { channel: "fr-ML", holding, progress, trust }, response);
}

describe("a feed response", () => {
  it("that leads to the head ends there; one without a freshness asks again", async () => {
    assert.deepEqual(await read(), { kind: "head", changed: true });
    server.sendsFreshness = false;
    server.editions.push(await server.publisher.publish(samplePages(2, 40, 1)));
    assert.deepEqual(await read(`?have=${await phone.editionId()}`), { kind: "again", changed: true });
    assert.equal(await phone.editionId(), server.head.id);
  });

  it("that leads to the edition held changes its date of confirmation alone", async () => {
    await read();
    server.date = "2026-11-29";
    assert.deepEqual(await read(), { kind: "head", changed: false });
    assert.equal((await phone.store.holding("fr-ML"))?.confirmed, "2026-11-29");
  });

  it("without a whole header is an interruption that progressed nothing", async () => {
    server.faults.push({ kind: "cut", after: 100 });
    await assert.rejects(read(), Interrupted);
    server.faults.push({ kind: "forge", change: () => "" });
    await assert.rejects(read(), Interrupted);
    assert.equal(await phone.store.progress("fr-ML"), undefined);
  });

  it("that breaks off leaves its lines to go on from", async () => {
    server.faults.push({ kind: "cut", after: 6_000 });
    assert.deepEqual(await read(), { kind: "interrupted", progressed: true });
    const progress = await phone.store.progress("fr-ML");
    assert(progress && progress.changes.length > 0 && !progress.repairing);
    assert.deepEqual(await read(`?to=${progress.id}&after=${progress.changes.length}`), {
      kind: "head",
      changed: true,
    });
    await phone.checkShownPages();
  });

  it("whose header does not verify is refused before a page is kept", async () => {
    server.faults.push({ kind: "forge", change: (text) => text.replace(/"signature":"..../, '"signature":"AAAA') });
    assert.deepEqual(await read(), { kind: "refused", refused: "signature-false" });
    assert.equal(await phone.store.trust(), undefined);
    assert.equal((await phone.store.missing([...server.head.bodies.keys()])).length, server.head.bodies.size);
  });

  it("whose lines do not verify asks for a repair of that edition", async () => {
    server.faults.push({ kind: "forge", change: (text) => text.replace("<p>", "<b>") });
    const step = await read();
    assert.deepEqual(step, { kind: "repair", id: server.head.id, why: { refused: "manifest-false" } });
    assert.equal(await phone.editionId(), "");
  });

  it("stops after the first part where the browser saves data", async () => {
    phone.savesData = true;
    assert.deepEqual(await read(), { kind: "first-only" });
    assert.equal(await phone.checkShownPages(), 5);
    assert.equal(await phone.editionId(), "");
  });
});
