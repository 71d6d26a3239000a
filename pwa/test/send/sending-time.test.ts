/** Reports leave at moments that are spread evenly over six hours. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawSendingTime } from "../../src/send/sending-time";

const HOUR = 60 * 60_000;
const NOW = Date.parse("2026-11-24T08:00:00Z");
const REPORTS = 24_000;

describe("the moment of a public report", () => {
  it("is drawn evenly from six hours", () => {
    const quarters = new Array<number>(24).fill(0);
    for (let report = 0; report < REPORTS; report++) {
      const wait = drawSendingTime(NOW, Math.random) - NOW;
      assert(wait >= 0 && wait < 6 * HOUR);
      const quarter = Math.floor(wait / (HOUR / 4));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    // About 1,000 in each quarter of an hour; seven standard deviations are 217.
    assert(quarters.every((count) => Math.abs(count - REPORTS / 24) < 217));
  });

  it("follows the drawn number from now to six hours later", () => {
    const moments = [0, 0.25, 0.5, 0.999999].map((number) => drawSendingTime(NOW, () => number) - NOW);
    assert.deepEqual(moments.slice(0, 3), [0, 1.5 * HOUR, 3 * HOUR]);
    assert((moments[3] as number) > 5.99 * HOUR);
  });
});
