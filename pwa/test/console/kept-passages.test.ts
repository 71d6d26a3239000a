/** Passages of a voice that a browser keeps: what cannot be read is spoken again, and what nobody came back for goes. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { KeptPassages } from "../../src/console/kept-passages";
import { VoicePassageStore } from "../../src/db/voice-passages";
import { base64urlEncode } from "../../src/protocol/canonical";

const KEY = base64urlEncode(new Uint8Array(32).fill(7));
const DAY = 24 * 3600 * 1000; // ms

beforeEach(() => {
  Object.assign(globalThis, { window: { isSecureContext: true }, indexedDB: new IDBFactory() });
});

async function openAt(now: number): Promise<KeptPassages> {
  const kept = await KeptPassages.open("bm", KEY, now);
  assert(kept);
  return kept;
}

it("a passage is kept for three months, and dropped after", async () => {
  await (await openAt(0)).keep("script", 0, new Blob(["voice"]), 0);
  assert.equal(await (await (await openAt(89 * DAY)).read("script", 0))?.text(), "voice");
  assert.equal(await (await openAt(91 * DAY)).read("script", 0), null);
});

it("a passage that cannot be read is one that is not spoken yet", async (test) => {
  const kept = await openAt(0);
  await kept.keep("script", 0, new Blob(["voice"]), 0);
  test.mock.method(VoicePassageStore.prototype, "get", () => Promise.reject(new Error("UnknownError")));
  assert.equal(await kept.read("script", 0), null);
});
