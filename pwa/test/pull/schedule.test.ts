/** A phone that is up to date asks seldom; one that has nothing asks at once. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Holding } from "../../src/db/store-contract";
import { isPullDue } from "../../src/pull/schedule";

const MINUTE = 60_000; // ms
const NOW = Date.parse("2026-11-25T08:00:00Z");
const SIGNED = { id: "i", statement: "s", signature: "g", key: "k", first: "" };
const HOLDING: Holding = { channel: "fr-ML", whole: { ...SIGNED, rest: "" }, early: null, confirmed: "2026-11-25" };

const isDue = (ended: string, minutesAgo: number, holding: Holding | undefined = HOLDING) =>
  isPullDue(holding, { at: NOW - minutesAgo * MINUTE, ended }, NOW);

describe("a pull when a page opens", () => {
  it("is due on a phone without pages, however it ended before", () => {
    assert(isPullDue(undefined, undefined, NOW));
    assert(isPullDue(undefined, { at: NOW, ended: "head" }, NOW));
    assert(isDue("head", 0, { ...HOLDING, whole: null }));
  });

  it("is due on a phone with pages that never asked", () => assert(isPullDue(HOLDING, undefined, NOW)));

  for (const [ended, minutes] of [
    ["head", 10],
    ["storage-full", 10],
    ["refused", 60],
    ["unknown-channel", 60],
    ["first-only", 24 * 60],
  ] as const)
    it(`rests ${minutes} minutes after "${ended}"`, () => {
      assert.equal(isDue(ended, minutes - 1), false);
      assert.equal(isDue(ended, minutes), true);
    });

  it("is due at once after a lost connection or a busy server", () => {
    for (const ended of ["interrupted", "busy"]) assert.equal(isDue(ended, 0), true);
  });

  it("is due on a phone whose clock was set back", () => assert.equal(isDue("head", -600), true));

  it("rests too on a phone that shows a first part alone", () => {
    assert.equal(isDue("first-only", 60, { ...HOLDING, whole: null, early: SIGNED }), false);
  });
});
