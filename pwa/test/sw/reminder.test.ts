/** A due reminder is shown once a day, whatever wakes the worker meanwhile. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { takeReminderTurn } from "../../src/sw/reminder";
import { MemoryStore } from "../support/memory-store";

const HOUR = 60 * 60_000; // ms
const START = Date.parse("2026-11-24T08:00:00Z");

async function storeWith(...times: readonly number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.changeSetting("reminders", () => times.map((at, index) => ({ id: `case-${index}`, at })));
  return store;
}

/** The hours after the first at which a worker that wakes every hour reminds. */
async function remindedHours(store: MemoryStore, hours: number): Promise<number[]> {
  const shown: number[] = [];
  for (let hour = 0; hour < hours; hour++) if (await takeReminderTurn(store, START + hour * HOUR)) shown.push(hour);
  return shown;
}

it("reminds once a day of however many cases are due, and not before their day", async () => {
  assert.deepEqual(await remindedHours(await storeWith(START + 5 * HOUR, START + 7 * HOUR), 60), [5, 29, 53]);
  assert.deepEqual(await remindedHours(await storeWith(START + 60 * HOUR), 60), []);
  assert.deepEqual(await remindedHours(new MemoryStore(), 3), []);
});

it("keeps each reminder as it was asked for", async () => {
  const store = await storeWith(START, START + 100 * HOUR);
  await takeReminderTurn(store, START);
  assert.deepEqual(
    (await store.setting("reminders"))?.map(({ id, at }) => [id, at]),
    [
      ["case-0", START],
      ["case-1", START + 100 * HOUR],
    ],
  );
});

it("reminds again after the clock was put back by more than a day", async () => {
  const store = await storeWith(START - 1000 * HOUR);
  assert.equal(await takeReminderTurn(store, START), true);
  assert.equal(await takeReminderTurn(store, START - HOUR), false);
  assert.equal(await takeReminderTurn(store, START - 30 * HOUR), true);
});

it("reminds on a phone without room to note it", async () => {
  const store = await storeWith(START);
  store.changeSetting = () => Promise.reject(new Error("full"));
  assert.equal(await takeReminderTurn(store, START), true);
});
