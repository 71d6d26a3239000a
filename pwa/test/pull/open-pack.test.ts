/** A file from another phone brings what its publisher signed, or nothing. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import type { PhoneStore } from "../../src/db/store-contract";
import { isRefusal } from "../../src/protocol/refusal";
import { type PackOutcome, openPack } from "../../src/pull/open-pack";
import { makePack, wholeEntries } from "../../src/pull/pack-writer";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone, newStore } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";
import { vectors } from "../support/shared-vectors";

interface PackVectors {
  trust: { site: string; epoch: number; key: string; next: string };
  channel: string;
  after: string;
  fresh: string;
  old: string;
  entries: [path: string, digest: string][];
  kinds: { whole: string; essentials: string; guide: string; parts: string[] };
  refused: { why: string; code: string; text: string }[];
}

const { trust, channel, after, fresh, old, entries, kinds, refused } = vectors<PackVectors>("pack");
const { next, ...known } = trust;
const TOTAL = entries.length;

/** A phone that trusts the site and holds nothing of it. */
async function newPhone(store: PhoneStore = new MemoryStore()): Promise<PhoneStore> {
  await store.keepPages(new Map(), {
    trust: { ...known, nextKeyDigest: next },
  });
  return store;
}

async function open(store: PhoneStore, text: string): Promise<PackOutcome> {
  const outcome = await openPack(store, verifier, channel, text);
  assert(!isRefusal(outcome), JSON.stringify(outcome));
  return outcome;
}

const bodyOf = async (store: PhoneStore, path: string) => (await store.page(channel, path))?.body;

/** Everything that a refusal must leave as it was. */
async function state(store: PhoneStore): Promise<unknown> {
  return [await store.holding(channel), await store.trust(), await store.progress(channel)];
}

describe("a pack", () => {
  for (const [name, make] of [
    ["in memory", async () => new MemoryStore()],
    ["in IndexedDB", newStore],
  ] as const) {
    it(`of all pages makes a new phone whole, ${name}`, async () => {
      const store = await newPhone(await make());
      assert.deepEqual(await open(store, kinds.whole), {
        date: fresh,
        pages: TOTAL,
        total: TOTAL,
        changed: true,
      });
      const holding = await store.holding(channel);
      assert.equal(holding?.whole?.first.split("\n").length, 5);
      assert.equal(holding.confirmed, fresh);
      for (const [path] of entries) assert(await bodyOf(store, path), path);
      assert.deepEqual(await open(store, kinds.whole), {
        date: fresh,
        pages: TOTAL,
        total: TOTAL,
        changed: false,
      });
    });
  }

  it("brings back a page that a whole edition has lost, and says so", async () => {
    const store = new (class extends MemoryStore {
      lost = new Set<string>();
      override async missing(digests: readonly string[]): Promise<string[]> {
        return [...(await super.missing(digests)), ...digests.filter((digest) => this.lost.has(digest))];
      }
      override async keepPages(...given: Parameters<MemoryStore["keepPages"]>): Promise<void> {
        for (const digest of given[0].keys()) this.lost.delete(digest);
        await super.keepPages(...given);
      }
    })();
    await open(await newPhone(store), kinds.whole);
    const [[, one], [, two]] = entries.slice(-2) as [[string, string], [string, string]];
    store.lost = new Set([one, two]);
    const before = await store.holding(channel);
    const part = await open(store, kinds.guide);
    assert(part.pages < TOTAL, "one page alone does not bring back the other");
    const outcome = await open(store, kinds.whole);
    assert.deepEqual([outcome.pages, outcome.changed, store.lost.size], [TOTAL, true, 0]);
    assert.deepEqual(await store.holding(channel), before);
  });

  it("of the essentials is read on a new phone while the rest is missing, and the rest completes it", async () => {
    const store = await newPhone();
    assert.equal((await open(store, kinds.essentials)).pages, 4);
    assert.match((await bodyOf(store, "guides/a")) ?? "", /Kɛnɛ/);
    assert.equal(await bodyOf(store, "guides/c"), undefined);
    await open(store, kinds.guide);
    assert.match((await bodyOf(store, "guides/b")) ?? "", /B neuf/);
    await open(store, kinds.parts[5] as string);
    assert((await store.holding(channel))?.whole, "all pages are here");
    assert.equal(await store.progress(channel), undefined);
  });

  it("of one page stands above an older library, which stays", async () => {
    const store = await newPhone();
    await open(store, old);
    const before = (await store.holding(channel))?.whole;
    assert.match((await bodyOf(store, "guides/b")) ?? "", /B ancien/);
    const outcome = await open(store, kinds.guide);
    assert.equal(outcome.changed, true);
    assert.match((await bodyOf(store, "guides/b")) ?? "", /B neuf/);
    assert.match((await bodyOf(store, "index")) ?? "", /Accueil ancien/);
    assert.deepEqual((await store.holding(channel))?.whole, before);
    const refusedOld = await openPack(store, verifier, channel, old);
    assert.deepEqual(refusedOld, { refused: "edition-older" }, "it has seen a newer one");
  });

  it("of last month's changes completes a phone that has the others", async () => {
    const store = await newPhone();
    await open(store, old);
    await open(store, kinds.parts[2] as string);
    const outcome = await open(store, kinds.guide);
    assert.equal(outcome.pages, TOTAL);
    assert.match((await bodyOf(store, "index")) ?? "", /Accueil neuf/);
  });

  it("comes in numbered parts, in any order", async () => {
    const store = await newPhone();
    for (const part of [...kinds.parts].reverse()) await open(store, part);
    assert((await store.holding(channel))?.whole);
  });

  it("asks for the network once where the phone knows no key yet", async () => {
    assert.deepEqual(await openPack(new MemoryStore(), verifier, channel, kinds.whole), { refused: "key-unknown" });
  });

  for (const { why, code, text } of refused)
    it(`is refused: ${why}`, async () => {
      for (const holdsOld of [true, false]) {
        if (code === "edition-older" && !holdsOld) continue;
        const store = await newPhone();
        if (holdsOld) await open(store, old);
        if (code === "edition-older") await open(store, kinds.guide);
        const before = await state(store);
        assert.deepEqual(await openPack(store, verifier, channel, text), {
          refused: code,
        });
        assert.deepEqual(await state(store), before);
      }
    });

  it("is taken out of the library in one HTML page, with whatever line ends", async () => {
    for (const end of ["\n", "\r\n"]) {
      const store = await newPhone();
      const page = `<!doctype html>\n<p>kunnafoni-pack/1</p>\n<!--\n${kinds.whole}-->\n`.replace(/\n/g, end);
      assert.equal((await open(store, page)).pages, TOTAL);
    }
  });
});

/** Packs as a bad road leaves them: letters changed, left out, doubled, lines cut, halves of two files joined. */
function* mangledPacks(count: number): Generator<string> {
  let seed = 21;
  const below = (limit: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  const originals = [kinds.whole, kinds.essentials, kinds.guide, ...kinds.parts];
  const original = () => originals[below(originals.length)] as string;
  for (let made = 0; made < count; made += 1) {
    const text = original();
    const [at, to] = [below(text.length), below(text.length)];
    const letter = "Aa0+/=\n # é"[below(11)] as string;
    const ways = [
      text.slice(0, at),
      text.slice(0, at) + letter + text.slice(at + 1),
      text.slice(0, at) + text.slice(at + 1),
      text.slice(0, at) + letter + text.slice(at),
      text.slice(0, at) + original().slice(to),
      text.slice(0, Math.min(at, to)) + text.slice(Math.max(at, to)),
    ];
    yield ways[below(ways.length)] as string;
  }
}

describe("a mangled pack", () => {
  const count = Number(process.env.KUNNAFONI_TEST_MANGLED_PACKS ?? 2_000);

  it(`is refused, or brings what was signed: ${count} of them`, async () => {
    let refusedCount = 0;
    for (const text of mangledPacks(count)) {
      const store = await newPhone();
      const before = await state(store);
      const outcome = await openPack(store, verifier, channel, text);
      if (isRefusal(outcome)) {
        refusedCount += 1;
        assert.deepEqual(await state(store), before);
        continue;
      }
      const holding = await store.holding(channel);
      assert.equal((holding?.whole ?? holding?.early)?.statement ?? after, after);
      for (const [, digest] of entries) {
        const body = await store.body(digest);
        if (body !== undefined) assert.equal(await verifier.digest(body), digest, text);
      }
    }
    assert(refusedCount > count * 0.8, `${refusedCount}`);
  });
});

describe("a phone that shares", () => {
  let server: FakeFeedServer;
  let giver: Phone;

  beforeEach(async () => {
    server = new FakeFeedServer(await FakePublisher.make());
    server.editions.push(await server.publisher.publish(samplePages(2, 6)));
    giver = Phone.with(new MemoryStore(), server.fetch);
    await giver.pullUntilFinal();
  });

  it("gives its library, its essentials or one page, and another phone takes them without a network", async () => {
    const whole = (await giver.store.holding("fr-ML"))?.whole;
    assert(whole);
    const { entries, first } = wholeEntries(whole);
    for (const [given, shown] of [
      [entries, entries.length],
      [entries.slice(0, first), first],
    ] as const) {
      const file = await makePack(giver.store, whole, given, ["Pages de Kunnafoni"]);
      assert.equal(file?.name, "kunnafoni-fr-ML-2026-11-24.txt");
      const taker = Phone.with(new MemoryStore(), () => Promise.reject(new Error("no network")));
      const trusted = await giver.store.trust();
      assert(trusted);
      await taker.store.keepPages(new Map(), { trust: trusted });
      const outcome = await openPack(taker.store, verifier, "fr-ML", file.text);
      assert(!isRefusal(outcome));
      assert.deepEqual([outcome.pages, outcome.total], [shown, entries.length]);
      assert.equal(await taker.checkShownPages(), shown);
    }
  });

  it("gives what the network then completes by digest", async () => {
    const whole = (await giver.store.holding("fr-ML"))?.whole;
    assert(whole);
    const { entries, first } = wholeEntries(whole);
    const file = await makePack(giver.store, whole, entries.slice(0, first), []);
    const taker = Phone.with(new MemoryStore(), server.fetch);
    await taker.store.keepPages(new Map(), {
      trust: (await giver.store.trust()) as NonNullable<unknown> as never,
    });
    await openPack(taker.store, verifier, "fr-ML", file?.text ?? "");
    server.requests.length = 0;
    assert.equal((await taker.pullUntilFinal()).kind, "head");
    assert.equal(await taker.checkShownPages(), entries.length);
    assert.match(server.requests[0] ?? "", /manifest\?to=/);
  });

  it("gives nothing where the browser has lost a page", async () => {
    const whole = (await giver.store.holding("fr-ML"))?.whole;
    assert(whole);
    const lost = { path: "guides/x", digest: "x".repeat(43) };
    assert.equal(await makePack(giver.store, whole, [lost], []), null);
  });
});
