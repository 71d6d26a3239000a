/** A pull is repeated until its outcome is final, after growing and scattered waits. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pullWithBackoff } from "../../src/pull/backoff";
import type { PullOutcome } from "../../src/pull/outcome";

const LOST: PullOutcome = { kind: "interrupted", progressed: false };
const PROGRESSED: PullOutcome = { kind: "interrupted", progressed: true };
const BUSY: PullOutcome = { kind: "busy" };
const HEAD: PullOutcome = { kind: "head", changed: true };

/** The waits between these outcomes, in seconds. */
async function waitsFor(outcomes: readonly PullOutcome[], random = 1): Promise<number[]> {
  const remaining = [...outcomes];
  const waits: number[] = [];
  const final = await pullWithBackoff(async () => remaining.shift() as PullOutcome, {
    random: () => random,
    wait: async (milliseconds) => void waits.push(milliseconds / 1000),
  });
  assert.equal(final, outcomes[outcomes.length - 1]);
  assert.deepEqual(remaining, [], "no pull after a final outcome");
  return waits;
}

describe("back-off", () => {
  it("does not wait after a final outcome", async () => {
    const finals: PullOutcome[] = [
      HEAD,
      { kind: "first-only" },
      { kind: "refused", refused: "signature-false" },
      { kind: "storage-full" },
      { kind: "unknown-channel" },
    ];
    for (const outcome of finals) assert.deepEqual(await waitsFor([outcome]), []);
  });

  it("doubles its wait after each failure, up to five minutes", async () => {
    const failures = Array.from({ length: 11 }, (_, index) => (index % 2 ? BUSY : LOST));
    assert.deepEqual(await waitsFor([...failures, HEAD]), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  it("begins again with a short wait once a pull progressed", async () => {
    assert.deepEqual(await waitsFor([LOST, LOST, LOST, PROGRESSED, LOST, HEAD]), [1, 2, 4, 1, 2]);
  });

  it("scatters its waits between half and the whole", async () => {
    assert.deepEqual(await waitsFor([LOST, LOST, HEAD], 0), [0.5, 1]);
    assert.deepEqual(await waitsFor([LOST, LOST, HEAD], 0.5), [0.75, 1.5]);
  });
});
