/** A phone refuses damaged, forged and outdated feeds; its pages stay readable and verified. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { PullOutcome } from "../../src/pull/outcome";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher, feedOf, headerOf, line } from "../support/fake-publisher";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let publisher: FakePublisher;
let server: FakeFeedServer;
let phone: Phone;
let before: string;

beforeEach(async () => {
  publisher = await FakePublisher.make();
  server = new FakeFeedServer(publisher);
  server.editions.push(await publisher.publish(samplePages(4, 30)));
  phone = await Phone.make(server.fetch);
  await phone.pull();
  before = server.head.id;
  server.editions.push(await publisher.publish(samplePages(4, 30, 1)));
});

async function refusedAs(outcome: Promise<PullOutcome>, code: string): Promise<void> {
  assert.deepEqual(await outcome, { kind: "refused", refused: code });
  assert.equal(await phone.editionId(), before);
  assert.equal(await phone.checkShownPages(), 37);
}

const always = (change: (text: string) => string, times = 3) => {
  for (let time = 0; time < times; time++) server.faults.push({ kind: "forge", change });
};

describe("damaged on the way", () => {
  const damages: Record<string, (text: string) => string> = {
    "a changed byte in a page": (text) => text.replace("édition 1", "édition 9"),
    "a changed path": (text) => text.replace("guides/guide-7", "guides/guide-8"),
    "a line lost": (text) => text.replace(/\n[^\n]*\n$/, "\n"),
    "a line twice": (text) => text.replace(/(\n[^\n]*)\n$/, "$1$1\n"),
    "a line that is no JSON": (text) => text.replace('{"path":"guides/guide-7"', '{"path:"guides/guide-7"'),
    "an unknown base": (text) => text.replace(/"base":"./, '"base":"*'),
    "another boundary of the first part": (text) => text.replace('"first":7', '"first":6'),
  };
  for (const [name, change] of Object.entries(damages)) {
    it(`${name}: the pages are asked for by digest, and all is well`, async () => {
      always(change, 1);
      const outcome = await phone.pullUntilFinal();
      assert.equal(outcome.kind, "head");
      assert.equal(await phone.editionId(), server.head.id);
      await phone.checkShownPages();
    });
  }

  it("a proxy that spoils every answer: refused, nothing is lost, and no endless asking", async () => {
    always((text) => text.replace(/édition 1/g, "édition 9").replace(/(guides\/guide-\d [A-Za-z])/, "$1x"), 10);
    const requestCount = server.requests.length;
    const outcome = await phone.pull();
    assert.equal(outcome.kind, "refused");
    assert(server.requests.length - requestCount <= 4);
    assert.equal(await phone.editionId(), before);
    await phone.checkShownPages();
    server.faults.length = 0;
    assert.equal((await phone.pull()).kind, "head");
  });

  it("bytes that are no UTF-8", async () => {
    const bad = (address: string, init: RequestInit) =>
      server.fetch(address, init).then(async (response) => {
        if (!address.includes("have=") || response.status !== 200) return response;
        const bytes = new Uint8Array(await response.arrayBuffer());
        bytes[bytes.length - 10] = 0xff;
        return new Response(bytes, { status: 200 });
      });
    assert.equal((await Phone.with(phone.store, bad).pull()).kind, "head");
    await phone.checkShownPages();
  });

  it("a repair that was cut goes on where it was", async () => {
    always((text) => text.replace("édition 1", "édition 9"), 1);
    server.faults.push({ kind: "none" }, { kind: "cut", after: 50 });
    assert.equal((await phone.pull()).kind, "interrupted");
    assert.equal((await phone.pull()).kind, "head");
    assert.deepEqual(
      server.requests.slice(-3, -1).map((address) => address.replace(/=.*/, "")),
      ["/feed/fr-ML/manifest?to", "/feed/fr-ML/pages"],
    );
    await phone.checkShownPages();
  });
});

describe("not the publisher's", () => {
  it("an older edition", async () => {
    await phone.pull();
    const newer = server.head.id;
    const olderServer = new FakeFeedServer(publisher);
    olderServer.editions.push(server.editions[0] as never);
    assert.deepEqual(await Phone.with(phone.store, olderServer.fetch).pull(), {
      kind: "refused",
      refused: "edition-older",
    });
    assert.equal(await phone.editionId(), newer);
  });

  it("another edition with the same number", async () => {
    const twin = server.editions[0] as (typeof server.editions)[0];
    (publisher as unknown as { number: number }).number -= 2;
    server.editions.push(await publisher.publish(samplePages(4, 30, 2)));
    assert.notEqual(twin.id, server.head.id);
    await refusedAs(phone.pull(), "edition-older");
  });

  it("a false signature is refused without asking further", async () => {
    const requestCount = server.requests.length;
    always((text) => text.replace(/"signature":"..../, '"signature":"AAAA'));
    await refusedAs(phone.pull(), "signature-false");
    assert.equal(server.requests.length, requestCount + 1);
  });

  it("another site's and another channel's edition", async () => {
    for (const [site_, channel, code] of [
      ["autre", "fr-ML", "other-site"],
      ["exemple", "bm-ML", "other-channel"],
    ] as const) {
      const other = await FakePublisher.make(site_, channel);
      const edition = await other.publish(samplePages(1, 1));
      always(() => {
        const { header, lines } = feedOf(edition, null);
        return line(header) + lines.join("");
      }, 1);
      await refusedAs(phone.pull(), code);
    }
  });

  it("an unknown version asks for an update of the app", async () => {
    always((text) => text.replace('"v":1', '"v":2'), 1);
    await refusedAs(phone.pull(), "version-unknown");
  });

  it("a next key that changed", async () => {
    (publisher as unknown as { keys: unknown[] }).keys[1] = (await FakePublisher.make()).key;
    server.editions.push(await publisher.publish(samplePages(4, 30, 2)));
    await refusedAs(phone.pull(), "next-key-changed");
  });

  it("a rotation to the committed key is followed, one to another key is not", async () => {
    await publisher.rotate();
    server.editions.push(await publisher.publish(samplePages(4, 30, 2)));
    assert.equal((await phone.pull()).kind, "head");
    assert.equal((await phone.store.trust())?.epoch, 2);
    before = server.head.id;
    await publisher.rotate(true);
    server.editions.push(await publisher.publish(samplePages(4, 30, 3)));
    await refusedAs(phone.pull(), "rotation-not-committed");
    assert.equal((await phone.store.trust())?.epoch, 2);
  });

  it("a freshness of another key, or none: the edition is accepted, the date is not", async () => {
    server.date = "2027-01-01";
    const thief = await FakePublisher.make();
    const freshness = await thief.fresh({ ...server.head }, "2027-01-01");
    always((text) => text.replace(/"fresh":\["[^"]*","[^"]*"\]/, `"fresh":${JSON.stringify(freshness)}`), 1);
    server.sendsFreshness = true;
    await phone.pull();
    assert.equal(await phone.editionId(), server.head.id);
    const holding = await phone.store.holding("fr-ML");
    assert.equal(holding?.confirmed, "2027-01-01"); // by the next response, which was honest
  });

  it("a 204 about an older edition than the phone has seen is no confirmation", async () => {
    const [olderEdition] = server.editions;
    server.editions.push(await publisher.publish(samplePages(4, 600, 2, 200)));
    server.faults.push({ kind: "cut", after: 150_000 });
    await phone.pull();
    assert((await phone.store.holding("fr-ML"))?.early);
    await phone.store.dropProgress("fr-ML");
    const frozen = new FakeFeedServer(publisher);
    frozen.editions.push(olderEdition as never);
    assert.deepEqual(await Phone.with(phone.store, frozen.fetch).pull(), { kind: "refused", refused: "edition-older" });
  });
});

describe("too much", () => {
  it("a header, a line, or a count beyond the limits is refused before it is read", async () => {
    const header = headerOf(server.head);
    const long: Record<string, string> = {
      header: line({ ...header, gone: ["x".repeat(70_000)] }),
      line: `${line({ ...header, base: before, first: 7, count: 1, bytes: 1 })}{"path":"index","body":"${"x".repeat(140_000)}`,
      count: line({ ...header, base: before, first: 7, count: 20_001, bytes: 1 }),
    };
    for (const text of Object.values(long)) {
      always(() => text, 1);
      await refusedAs(phone.pull(), "feed-too-long");
    }
  });
});
