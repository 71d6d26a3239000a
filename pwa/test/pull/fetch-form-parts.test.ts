/** The further parts of a long form come from the phone's pages, else from the network, all or none. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { readFurtherParts } from "../../src/pull/fetch-form-parts";
import { type FakeBrowser, installBrowser } from "../support/browser-globals";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

let browser: FakeBrowser;
let addresses: string[];

const part = (number: number) => `Essai\n<script type=application/json data-part=${number}>{"part":${number}}</script>`;

beforeEach(() => {
  browser = installBrowser();
  addresses = [];
  browser.fetch = async (address) => {
    addresses.push(address);
    return new Response(part(Number(address.split("/")[4])));
  };
});

describe("the parts of a long form", () => {
  it("are read from the phone's pages without a request", async () => {
    const server = new FakeFeedServer(await FakePublisher.make());
    const pages = [2, 3].map((number) => ({
      path: `forms/essai/${number}`,
      body: part(number),
      part: "rest" as const,
    }));
    server.editions.push(await server.publisher.publish([...samplePages(1, 0), ...pages]));
    const phone = Phone.with(new MemoryStore(), server.fetch);
    await phone.pull();
    assert.deepEqual(await readFurtherParts(phone.store, "fr-ML", "essai", 3), ['{"part":2}', '{"part":3}']);
    assert.deepEqual(addresses, []);
  });

  it("are fetched where the phone does not have them", async () => {
    assert.deepEqual(await readFurtherParts(new MemoryStore(), "fr-ML", "essai", 3), ['{"part":2}', '{"part":3}']);
    assert.equal(addresses.length, 2);
  });

  it("that stand apart come in one request by their digests, and then from the phone", async () => {
    const bodies = [2, 3].map(part);
    const digests = await Promise.all(bodies.map((body) => verifier.digest(body)));
    browser.fetch = async (address) => {
      addresses.push(address);
      return new Response(bodies.map((body) => `${JSON.stringify({ body })}\n`).join(""));
    };
    const store = new MemoryStore();
    for (let round = 0; round < 2; round++)
      assert.deepEqual(await readFurtherParts(store, "fr-ML", "essai", 3, digests), ['{"part":2}', '{"part":3}']);
    assert.deepEqual(addresses, ["/feed/fr-ML/pages"]);
  });

  it("that stand apart are none where another body comes, or no network is there", async () => {
    const digests = [await verifier.digest(part(2))];
    browser.fetch = async () => new Response(`${JSON.stringify({ body: part(3) })}\n`);
    assert.equal(await readFurtherParts(new MemoryStore(), "fr-ML", "essai", 2, digests), null);
    browser.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    assert.equal(await readFurtherParts(new MemoryStore(), "fr-ML", "essai", 2, digests), null);
  });

  it("of a form with one part cost nothing", async () => {
    assert.deepEqual(await readFurtherParts(new MemoryStore(), "fr-ML", "essai", 1), []);
    assert.deepEqual(addresses, []);
  });

  it("are none where one is missing, belongs elsewhere or cannot be fetched", async () => {
    const responses: (() => Promise<Response>)[] = [
      async () => new Response(part(2), { status: 404 }),
      async () => new Response(part(7)),
      async () => new Response("Essai\n<p>rien"),
      () => Promise.reject(new TypeError("Failed to fetch")),
    ];
    for (const respond of responses) {
      browser.fetch = respond;
      assert.equal(await readFurtherParts(new MemoryStore(), "fr-ML", "essai", 2), null);
    }
  });
});
