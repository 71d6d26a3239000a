/** The one notification a day of reminders whose day has come. */
import type { PhoneStore } from "../db/store-contract";

const DAY = 24 * 60 * 60_000; // ms

/**
 * Takes the turn to remind: true if a reminder is due and none was shown for a day, however many are due. A clock that
 * was put back by more keeps no reminder silent, nor does a phone without room to note the turn.
 */
export async function takeReminderTurn(store: PhoneStore, now: number): Promise<boolean> {
  const reminders = await store.setting("reminders");
  const isDue = reminders?.some(({ at, told = 0 }) => at <= now && Math.abs(now - told) >= DAY) ?? false;
  if (isDue)
    await store
      .changeSetting("reminders", (kept = []) => kept.map((each) => ({ ...each, told: now })))
      .catch(() => undefined);
  return isDue;
}
