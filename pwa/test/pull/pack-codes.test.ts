/** A pack goes from screen to camera: frames, codes, pixels, the decoder, and the same judgement as a file. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { verifier } from "../../src/crypto/signature-verifier";
import { readPack, writePack } from "../../src/protocol/pack";
import { type CollectedFrames, addFrame, joinFrames, writeFrames } from "../../src/protocol/pack-frames";
import { isRefusal } from "../../src/protocol/refusal";
import { openPack } from "../../src/pull/open-pack";
import { makePack, wholeEntries } from "../../src/pull/pack-writer";
import { decodeCode } from "../../src/ui/code-decoder";
import { codeDrawing } from "../../src/ui/qr-code";
import { FakeFeedServer } from "../support/fake-feed-server";
import { FakePublisher } from "../support/fake-publisher";
import { MemoryStore } from "../support/memory-store";
import { Phone } from "../support/phone-with-store";
import { samplePages } from "../support/sample-pages";

const WIDTH = 640; // pixels of a cheap camera
const HEIGHT = 480;
const MODULE = 5; // pixels
const SHOWN = 0.25; // seconds that a code is shown
const PATIENCE = 30; // seconds
const LARGE = 8_000; // bytes of the pack that has to come within them

/** A camera's picture of a code, somewhat dull. */
function pictureOf(frame: string): ImageData {
  const { path } = codeDrawing(frame, 0);
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(225);
  for (const [, column, row] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let y = 0; y < MODULE; y += 1)
      for (let x = 0; x < MODULE; x += 1) {
        const at = ((Number(row) * MODULE + y + 20) * WIDTH + Number(column) * MODULE + x + 90) * 4;
        data.fill(40, at, at + 3);
      }
  return { data, width: WIDTH, height: HEIGHT, colorSpace: "srgb" };
}

/** The body that a camera reads which misses each code with a chance of one in three, and the seconds it takes. */
function film(frames: readonly string[], seed: number): { body: Uint8Array; seconds: number } {
  let chance = seed;
  const isMissed = () => {
    chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
    return chance < 2 ** 32 / 3;
  };
  const texts = frames.map((frame) => decodeCode(pictureOf(frame)) ?? "");
  assert.deepEqual(texts, frames);
  let collected: CollectedFrames | null = null;
  for (let shown = 1; ; shown += 1) {
    if (isMissed()) continue;
    const added = addFrame(collected, texts[(shown - 1) % texts.length] as string);
    assert(!isRefusal(added));
    collected = added;
    const body = joinFrames(added);
    if (body && !isRefusal(body)) return { body, seconds: shown * SHOWN };
  }
}

/** A phone with the library of a publisher. */
async function phoneOf(publisher: FakePublisher): Promise<Phone> {
  const server = new FakeFeedServer(publisher);
  server.editions.push(await publisher.publish(samplePages(2, 220)));
  const phone = Phone.with(new MemoryStore(), server.fetch);
  await phone.pullUntilFinal();
  return phone;
}

/** The body of a pack of one page. */
async function onePage({ store }: Phone): Promise<Uint8Array> {
  const whole = (await store.holding("fr-ML"))?.whole;
  assert(whole);
  const page = wholeEntries(whole).entries.filter(({ path }) => path === "guides/guide-7");
  const body = readPack((await makePack(store, whole, page, []))?.text ?? "");
  assert(!isRefusal(body));
  return body;
}

describe("a pack as codes", () => {
  let giver: Phone;

  before(async () => {
    giver = await phoneOf(await FakePublisher.make());
  });

  /** A phone without a network that trusts the site. */
  async function newTaker(): Promise<Phone> {
    const taker = Phone.with(new MemoryStore(), () => Promise.reject(new Error("no network")));
    const trust = await giver.store.trust();
    assert(trust);
    await taker.store.keepPages(new Map(), { trust });
    return taker;
  }

  it("of one page comes within half a minute though a third of the codes is missed, and is taken", async () => {
    const given = await onePage(giver);
    assert(given.length > LARGE, `${given.length} bytes`);
    const frames = writeFrames(given);
    assert(frames);
    for (const seed of [1, 2, 3]) {
      const seen = film(frames, seed);
      assert.deepEqual(seen.body, Uint8Array.from(given));
      assert(seen.seconds < PATIENCE, `${given.length} bytes in ${seen.seconds} s`);
    }
    const taker = await newTaker();
    const outcome = await openPack(taker.store, verifier, "fr-ML", writePack("exemple.ml", "fr-ML", given, []));
    assert(!isRefusal(outcome));
    assert.deepEqual([outcome.pages, outcome.changed], [1, true]);
  });

  it("that somebody else shows is refused, and nothing of it is kept", async () => {
    const taker = await newTaker();
    const before = [await taker.store.holding("fr-ML"), await taker.store.progress("fr-ML")];
    const forged = await onePage(await phoneOf(await FakePublisher.make()));
    const frames = writeFrames(forged);
    assert(frames);
    const outcome = await openPack(
      taker.store,
      verifier,
      "fr-ML",
      writePack("exemple.ml", "fr-ML", film(frames, 1).body, []),
    );
    assert.deepEqual(outcome, { refused: "signature-false" });
    assert.deepEqual([await taker.store.holding("fr-ML"), await taker.store.progress("fr-ML")], before);
  });
});
