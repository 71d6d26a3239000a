/** A thousand phones that were turned away together come back one after another. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retryDelay, roundDelay } from "../../src/send/retry-delay";

const PHONES = 1_000;

/** Mulberry32: a seed makes the same run of numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The most of these moments that fall into one twentieth of the time between the first and the last. */
function mostTogether(moments: readonly number[]): number {
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const counts = new Map<number, number>();
  for (const moment of moments) {
    const part = Math.floor(((moment - first) / (last - first + 1)) * 20);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

describe("the wait before sending again", () => {
  it("spreads a thousand phones that were told `later` at once", () => {
    for (const [seconds, failures] of [
      [1, 0],
      [30, 0],
      [600, 1],
      [1, 5],
    ] as const) {
      const random = numbers(seconds + failures);
      const moments = Array.from({ length: PHONES }, () => retryDelay(seconds, failures, random));
      assert(mostTogether(moments) < PHONES / 10, `after ${seconds} s and ${failures} failures`);
      assert(Math.max(...moments) - Math.min(...moments) > 25_000, "over half a minute at least");
    }
  });

  it("spreads the rounds of a thousand phones whose server was busy at once", () => {
    const random = numbers(7);
    for (const failures of [0, 1, 4]) {
      const moments = Array.from({ length: PHONES }, () => roundDelay(300_000, failures, random));
      assert(mostTogether(moments) < PHONES / 10);
      assert(Math.max(...moments) - Math.min(...moments) > 120_000);
    }
  });

  it("is never shorter than what the server asks, and ends its doubling at an hour", () => {
    assert.equal(
      retryDelay(600, 0, () => 0),
      600_000,
    );
    assert.deepEqual(
      [0, 1, 2, 3, 20].map((failures) => retryDelay(1, failures, () => 0)),
      [30_000, 60_000, 120_000, 240_000, 3_600_000],
    );
    assert.equal(
      retryDelay(7_200, 20, () => 0),
      7_200_000,
    );
    assert(roundDelay(300_000, 30, () => 1) <= 1.25 * 3_600_000);
  });
});
