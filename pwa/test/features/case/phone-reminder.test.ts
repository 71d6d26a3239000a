/** Each reminder that was asked for is kept until its case is opened on its day, or erased. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import type { Reminder } from "../../../src/db/store-contract";
import { endDueReminders, forgetReminders, phoneReminder } from "../../../src/features/case/phone-reminder";
import { MemoryStore } from "../../support/memory-store";
import { type TreeElement, installPage } from "../../support/page-tree";

const PAST = "2020-01-01";
const LATER = "2999-01-01";
const at = (day: string) => new Date(`${day}T08:00:00`).getTime();

/** A store that counts what is written. */
class CountingStore extends MemoryStore {
  writes = 0;

  override changeSetting: MemoryStore["changeSetting"] = (name, change) => {
    this.writes += 1;
    return MemoryStore.prototype.changeSetting.call(this, name, change as never);
  };
}

beforeEach(() => {
  installPage();
  Object.assign(globalThis, { window: globalThis });
});

async function asked(...wanted: readonly (readonly [id: string, day: string])[]): Promise<CountingStore> {
  const store = new CountingStore();
  for (const [id, day] of wanted) {
    (phoneReminder(store, id, day) as unknown as TreeElement).find("button").act("click");
    await new Promise(setImmediate);
  }
  return store;
}

const kept = async (store: MemoryStore): Promise<readonly Reminder[] | undefined> => store.setting("reminders");

it("a second reminder leaves the first, and one asked for twice comes once", async () => {
  const store = await asked(["a", PAST], ["a", LATER], ["b", PAST], ["a", PAST]);
  assert.deepEqual(await kept(store), [
    { id: "a", at: at(LATER) },
    { id: "b", at: at(PAST) },
    { id: "a", at: at(PAST) },
  ]);
});

it("opening a case ends its own due reminders, and erasing it all of its own", async () => {
  const store = await asked(["a", PAST], ["a", LATER], ["b", PAST]);
  await endDueReminders(store, "a");
  assert.deepEqual(await kept(store), [
    { id: "a", at: at(LATER) },
    { id: "b", at: at(PAST) },
  ]);
  await forgetReminders(store, "a");
  assert.deepEqual(await kept(store), [{ id: "b", at: at(PAST) }]);
  await forgetReminders(store);
  assert.deepEqual(await kept(store), []);
});

it("a case without reminders writes nothing beside itself", async () => {
  const store = new CountingStore();
  await endDueReminders(store, "a");
  await forgetReminders(store);
  assert.equal(store.writes, 0);
});
