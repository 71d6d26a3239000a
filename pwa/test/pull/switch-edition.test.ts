/** A phone shows a new edition in one write, only when its manifest verifies and every page is here. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { readHeader } from "../../src/protocol/feed";
import type { Manifest } from "../../src/protocol/manifest";
import { type Refusal, isRefusal } from "../../src/protocol/refusal";
import { switchToEdition } from "../../src/pull/switch-edition";
import { type VerifiedHeader, verifyHeader } from "../../src/pull/verify";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher, headerOf, line } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let server: FakeFeedServer;
let phone: Phone;
let oldId: string;

beforeEach(async () => {
  server = new FakeFeedServer(await FakePublisher.make());
  server.editions.push(await server.publisher.publish(samplePages(2, 6)));
  phone = Phone.with(new MemoryStore(), server.fetch);
  await phone.pull();
  oldId = await phone.editionId();
  server.editions.push(await server.publisher.publish(samplePages(2, 6, 1)));
  server.requests.length = 0;
});

async function switchTo(manifest: Manifest): Promise<Refusal | null> {
  const { pullContext, store } = phone;
  const header = readHeader(line(headerOf(server.head)));
  assert(!isRefusal(header));
  const trust = await store.trust();
  const verified = await verifyHeader(pullContext.verifier, "fr-ML", header, trust, await store.holding("fr-ML"));
  assert(!isRefusal(verified));
  return switchToEdition(pullContext, "fr-ML", verified, (verified as VerifiedHeader).signed, manifest);
}

describe("the switch", () => {
  it("fetches the pages that are missing, shows the edition and sweeps the old one's", async () => {
    const changed = [...server.head.bodies.keys()].filter((digest) => !server.editions[0]?.bodies.has(digest));
    const removed = [...(server.editions[0]?.bodies.keys() ?? [])].filter((digest) => !server.head.bodies.has(digest));
    assert(changed.length > 0 && removed.length > 0);
    assert.equal(await switchTo(server.head.manifest), null);
    assert.deepEqual(server.requests, ["/feed/fr-ML/pages"]);
    assert.equal(await phone.editionId(), server.head.id);
    assert.deepEqual(await phone.store.missing(removed), removed);
    await phone.checkShownPages();
  });

  it("asks for nothing when every page is here", async () => {
    await phone.store.keepPages(server.head.bodies);
    assert.equal(await switchTo(server.head.manifest), null);
    assert.deepEqual(server.requests, []);
  });

  it("does not happen with a manifest that the statement does not name", async () => {
    const [entry, ...rest] = server.head.manifest.entries;
    assert(entry);
    for (const manifest of [
      { ...server.head.manifest, entries: rest },
      { ...server.head.manifest, first: server.head.manifest.first - 1 },
      server.editions[0]?.manifest as Manifest,
    ]) {
      assert.deepEqual(await switchTo(manifest), { refused: "manifest-false" });
      assert.equal(await phone.editionId(), oldId);
    }
    assert.deepEqual(server.requests, []);
  });

  it("does not happen while a page is missing", async () => {
    server.faults.push({ kind: "cut", after: 100 });
    await assert.rejects(switchTo(server.head.manifest));
    assert.equal(await phone.editionId(), oldId);
    assert.equal(await phone.checkShownPages(), 11);
  });
});
