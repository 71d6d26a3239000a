/** Recordings from another phone or a card are kept if a page here names them and their bytes are the name's. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { digestBytes } from "../../../src/crypto/bytes";
import { openRecordings } from "../../../src/features/pack/open-recordings";
import { base64urlDecode } from "../../../src/protocol/canonical";
import { isRefusal } from "../../../src/protocol/refusal";
import { FakeFeedServer } from "../../support/fake-feed-server";
import { FakePublisher } from "../../support/fake-publisher";
import { MemoryStore } from "../../support/memory-store";
import { Phone } from "../../support/phone-with-store";
import { samplePages } from "../../support/sample-pages";
import { vectors } from "../../support/shared-vectors";

const { site, media, whole, parts, refused } = vectors<{
  site: string;
  media: Record<string, string>;
  whole: string;
  parts: string[];
  refused: { why: string; code: string; text: string }[];
}>("media-pack");
const NAMES = Object.keys(media);
const [ONE = "", AAC = "", OTHER = ""] = NAMES;

const kept = new Map<string, Uint8Array>();
let puts = 0;
const cache = {
  match: async (address: string) => (kept.has(address) ? new Response() : undefined),
  put: async (address: string, response: Response) => {
    puts += 1;
    kept.set(address, new Uint8Array(await response.arrayBuffer()));
  },
};

/** A browser that plays Opus or not. */
function browser(playsOpus: boolean): void {
  const audio = {
    canPlayType: () => (playsOpus ? "probably" : ""),
    setAttribute: () => undefined,
    append: () => undefined,
  };
  Object.assign(globalThis, { caches: { open: async () => cache }, document: { createElement: () => audio } });
}

/** A phone of the vectors' site whose pages name these media. */
async function phoneNaming(names: readonly string[]): Promise<MemoryStore> {
  const server = new FakeFeedServer(await FakePublisher.make(site));
  const [first, ...rest] = samplePages(1, 1).reverse();
  assert(first);
  const links = names.map((name) => `<audio src="/media/${name}"></audio>`).join("");
  const pages = [{ ...first, body: `${first.body}${links}` }, ...rest].reverse();
  server.editions.push(await server.publisher.publish(pages));
  const store = new MemoryStore();
  await Phone.with(store, server.fetch).pullUntilFinal();
  return store;
}

const addresses = (...names: readonly string[]) => names.map((name) => `/media/${name}`).sort();

describe("a file of recordings", () => {
  beforeEach(() => {
    kept.clear();
    puts = 0;
    browser(true);
  });

  it("brings those that pages name and the phone can play, with the bytes that the name says", async () => {
    const store = await phoneNaming([ONE, AAC]);
    assert.match((await openRecordings(store, "fr-ML", whole)) as string, /: 1\.$/);
    assert.deepEqual([...kept.keys()], addresses(ONE));
    assert.deepEqual(kept.get(`/media/${ONE}`), Uint8Array.from(base64urlDecode(media[ONE] ?? "") ?? []));
    browser(false);
    await openRecordings(store, "fr-ML", whole);
    assert.deepEqual([...kept.keys()].sort(), addresses(ONE, AAC));
  });

  it("in parts comes in any order, and what is here is not written again", async () => {
    const store = await phoneNaming(NAMES);
    assert.equal(parts.length, 2);
    for (const part of [...parts].reverse()) await openRecordings(store, "fr-ML", part);
    assert.deepEqual([[...kept.keys()].sort(), puts], [addresses(ONE, OTHER), 2]);
    await openRecordings(store, "fr-ML", whole);
    assert.equal(puts, 2);
  });

  it("brings nothing where no page names its recordings, and where no key is known", async () => {
    assert.match((await openRecordings(await phoneNaming([]), "fr-ML", whole)) as string, /Prenez d’abord les pages/);
    assert.deepEqual(await openRecordings(new MemoryStore(), "fr-ML", whole), { refused: "key-unknown" });
    const elsewhere = whole.replace(site, "autre.ml");
    assert.deepEqual(await openRecordings(await phoneNaming(NAMES), "fr-ML", elsewhere), { refused: "other-site" });
    assert.equal(kept.size, 0);
  });

  it("is refused whole for the reasons of the vectors", async () => {
    const store = await phoneNaming(NAMES);
    for (const { why, code, text } of refused)
      assert.deepEqual([why, await openRecordings(store, "fr-ML", text)], [why, { refused: code }]);
    assert.equal(kept.size, 0);
  });

  it("that is mangled is refused or brings whole recordings", async () => {
    const store = await phoneNaming(NAMES);
    let seed = 33;
    const below = (limit: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * limit);
    };
    let refusals = 0;
    for (let made = 0; made < 500; made += 1) {
      const at = below(whole.length);
      const letter = "Aa0+/=\n # é"[below(11)] as string;
      const text = whole.slice(0, at) + letter + whole.slice(at + below(3));
      if (isRefusal(await openRecordings(store, "fr-ML", text))) refusals += 1;
    }
    assert(refusals > 400, `${refusals}`);
    for (const [address, bytes] of kept)
      assert(address.startsWith(`/media/${await digestBytes(bytes.slice().buffer)}.`));
  });
});
