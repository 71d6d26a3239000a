/** A full disk costs the search index and pages of no edition, and nothing else. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { StorageFull } from "../../src/db/store-contract";
import { withEviction } from "../../src/pull/eviction";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let phone: Phone;
let store: MemoryStore;

beforeEach(async () => {
  const server = new FakeFeedServer(await FakePublisher.make());
  server.editions.push(await server.publisher.publish(samplePages(2, 3)));
  store = new MemoryStore();
  phone = Phone.with(store, server.fetch);
  await phone.pull();
  await phone.store.keepPages(new Map([["orphan", "a page that no edition needs"]]));
  await store.write(new Map([["!", "{}"]]), true);
});

/** A write that finds the disk full a number of times. */
function writeAfter(failures: number, writes: string[] = []): () => Promise<void> {
  return async () => {
    if (failures-- > 0) throw new StorageFull();
    writes.push("written");
  };
}

const evict = (write: () => Promise<void>) => withEviction(phone.pullContext, "fr-ML", write);

describe("a write", () => {
  it("that fits evicts nothing", async () => {
    await evict(writeAfter(0));
    assert.equal(await store.get("!"), "{}");
    assert.deepEqual(await phone.store.missing(["orphan"]), []);
  });

  it("on a full disk is done once more, after the search index and unneeded pages are gone", async () => {
    const writes: string[] = [];
    await evict(writeAfter(1, writes));
    assert.deepEqual(writes, ["written"]);
    assert.equal(await store.get("!"), undefined);
    assert.deepEqual(await phone.store.missing(["orphan"]), ["orphan"]);
    assert.equal(await phone.checkShownPages(), 8);
  });

  it("that fits even then nowhere is reported as a full disk", async () => {
    await assert.rejects(evict(writeAfter(2)), StorageFull);
  });

  it("that fails otherwise evicts nothing", async () => {
    await assert.rejects(
      evict(() => Promise.reject(new Error("closed"))),
      /closed/,
    );
    assert.equal(await store.get("!"), "{}");
  });
});
