/** Pages fetched by digest: each is hashed, those that arrived before a cut stay, and a request names at most 512. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { Interrupted } from "../../src/net/network";
import { fetchPages } from "../../src/pull/fetch-pages";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let server: FakeFeedServer;
let phone: Phone;
let digests: string[];

beforeEach(async () => {
  server = new FakeFeedServer(await FakePublisher.make());
  server.editions.push(await server.publisher.publish(samplePages(4, 40)));
  phone = Phone.with(new MemoryStore(), server.fetch);
  digests = [...server.head.bodies.keys()];
});

const fetchAll = (pageDigests: readonly string[] = digests) => fetchPages(phone.pullContext, "fr-ML", pageDigests);

describe("pages by digest", () => {
  it("are all kept after one request", async () => {
    assert.equal(await fetchAll(), null);
    assert.deepEqual(server.requests, ["/feed/fr-ML/pages"]);
    assert.deepEqual(await phone.store.missing(digests), []);
  });

  it("cost no request when none is missing", async () => {
    assert.equal(await fetchAll([]), null);
    assert.deepEqual(server.requests, []);
  });

  it("are asked for 512 at a time", async () => {
    server.editions.push(await server.publisher.publish(samplePages(0, 600, 1)));
    const many = [...server.head.bodies.keys()];
    assert.equal(await fetchAll(many), null);
    assert.equal(server.requests.length, Math.ceil(many.length / 512));
    assert.deepEqual(await phone.store.missing(many), []);
  });

  it("that arrived before a cut are kept", async () => {
    server.faults.push({ kind: "cut", after: 5_000 });
    await assert.rejects(fetchAll(), Interrupted);
    const missing = await phone.store.missing(digests);
    assert(missing.length > 0 && missing.length < digests.length);
    assert.equal(missing[0], digests[digests.length - missing.length], "the first ones, without a gap");
  });

  it("of a busy server are an interruption, not a refusal", async () => {
    server.faults.push({ kind: "status", status: 503 });
    await assert.rejects(fetchAll(), Interrupted);
  });

  it("that are fewer than asked for are an interruption", async () => {
    server.faults.push({ kind: "forge", change: (text) => `${text.split("\n").slice(0, 3).join("\n")}\n` });
    await assert.rejects(fetchAll(), Interrupted);
    assert.equal((await phone.store.missing(digests)).length, digests.length - 3);
  });
});

describe("a page that is not what its digest says", () => {
  const forgeries: Record<string, (text: string) => string> = {
    "other bytes": (text) => text.replace("Guide 7", "Guide 8"),
    "no page": (text) => text.replace(/^.*Guide 7.*$/m, "null"),
    "no JSON": (text) => text.replace(/^.*Guide 7.*$/m, "{"),
    "no text": (text) => text.replace(/^.*Guide 7.*$/m, '{"body":7}'),
  };
  for (const [name, change] of Object.entries(forgeries))
    it(`(${name}) is refused, and is not kept`, async () => {
      server.faults.push({ kind: "forge", change });
      assert.deepEqual(await fetchAll(), { refused: "manifest-false" });
      const missing = await phone.store.missing(digests);
      const guide = [...server.head.bodies].find(([, body]) => body.startsWith("Guide 7\n"))?.[0] as string;
      assert.equal(missing[0], guide, "those before it are kept");
    });
});
