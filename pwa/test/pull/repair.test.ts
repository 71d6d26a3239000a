/** A download whose lines did not verify is repaired by digest, or given up. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Interrupted } from "../../src/net/network";
import type { PullStep } from "../../src/pull/context";
import { repair } from "../../src/pull/repair";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let server: FakeFeedServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeFeedServer(await FakePublisher.make());
  server.editions.push(await server.publisher.publish(samplePages(2, 6)));
  phone = Phone.with(new MemoryStore(), server.fetch);
});

async function repairEdition(id = server.head.id): Promise<PullStep> {
  const { store, pullContext } = phone;
  const progress = { channel: "fr-ML", id, base: "", changes: [], repairing: true };
  await store.keepPages(new Map(), { progress });
  const [holding, trust] = [await store.holding("fr-ML"), await store.trust()];
  return repair(pullContext, { channel: "fr-ML", holding, progress, trust }, id);
}

const progress = () => phone.store.progress("fr-ML");

describe("a repair", () => {
  it("fetches the signed manifest, then the missing pages, and shows the edition", async () => {
    assert.deepEqual(await repairEdition(), { kind: "again", changed: true }, "the manifest confirms no date");
    assert.deepEqual(server.requests, [`/feed/fr-ML/manifest?to=${server.head.id}`, "/feed/fr-ML/pages"]);
    assert.equal(await phone.checkShownPages(), 11);
    assert.equal(await progress(), undefined);
  });

  it("of an edition that is gone from the server is given up, and the feed asked again", async () => {
    assert.deepEqual(await repairEdition("x".repeat(43)), { kind: "again", changed: false });
    assert.equal(await progress(), undefined);
  });

  it("is refused for good where the manifest or a page is forged", async () => {
    const manifest = (text: string) => text.replace("guides/guide-1 ", "guides/guide-9 ");
    server.faults.push({ kind: "forge", change: manifest });
    assert.deepEqual(await repairEdition(), { kind: "refused", refused: "manifest-false" });
    server.faults.push({ kind: "none" }, { kind: "forge", change: (text) => text.replace("Guide 1", "Guide 9") });
    assert.deepEqual(await repairEdition(), { kind: "refused", refused: "manifest-false" });
    server.faults.push({ kind: "forge", change: () => "no header\n" });
    assert.deepEqual(await repairEdition(), { kind: "refused", refused: "feed-malformed" });
    assert.equal(await progress(), undefined);
    assert.equal(await phone.checkShownPages(), 0);
  });

  it("goes on later where the connection broke or the server was busy", async () => {
    for (const fault of [{ kind: "silent" }, { kind: "status", status: 503 }, { kind: "cut", after: 20 }] as const) {
      server.faults.push(fault);
      await assert.rejects(repairEdition(), Interrupted);
      assert.equal((await progress())?.repairing, true);
    }
  });
});
