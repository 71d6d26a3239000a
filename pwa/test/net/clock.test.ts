/** The phone's clock: pages count as old after fourteen days, and a wrong clock is set right by the server's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { correctedTime, isClockWrong, isStale } from "../../src/net/clock";

const DAY = 24 * 60 * 60_000;
const CONFIRMED = "2026-11-01";
const START = Date.parse(`${CONFIRMED}T00:00:00Z`);

describe("an edition that nobody confirms", () => {
  it("counts as old once fourteen whole days lie between", () => {
    for (const age of [-DAY, 0, DAY, 14 * DAY, 15 * DAY - 1]) assert.equal(isStale(CONFIRMED, START + age), false);
    for (const age of [15 * DAY, 16 * DAY, 900 * DAY]) assert.equal(isStale(CONFIRMED, START + age), true);
  });
});

describe("a phone's clock", () => {
  it("is believed while it is less than a day off", () => {
    for (const ahead of [undefined, 0, DAY - 1, 1 - DAY]) {
      assert.equal(isClockWrong(ahead), false);
      assert.equal(correctedTime(START, ahead), START);
    }
  });

  it("is set right by the server's when it is a day off or more", () => {
    for (const ahead of [DAY, -DAY, 3000 * DAY]) {
      assert.equal(isClockWrong(ahead), true);
      assert.equal(correctedTime(START - ahead, ahead), START);
    }
  });
});
