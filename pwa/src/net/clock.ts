/** The time on phones whose clock may be years off, corrected by the server's `Date` header. */

const DAY = 24 * 60 * 60_000; // ms
/** A publication is old after this many days without the publisher's word that it still is the newest. */
export const STALE_AFTER_DAYS = 14;

/** Whether the phone's clock is wrong by a day or more; `ahead` is how far the server's was ahead of it. */
export function isClockWrong(ahead: number | undefined): boolean {
  return Math.abs(ahead ?? 0) >= DAY;
}

/** The time now, by the server's clock where the phone's is wrong. */
export function correctedTime(now: number, ahead: number | undefined): number {
  return isClockWrong(ahead) ? now + (ahead ?? 0) : now;
}

/** Whole days since a date (YYYY-MM-DD); negative where the clock stands before it. */
export function daysSince(date: string, now: number): number {
  return Math.floor((now - Date.parse(`${date}T00:00:00Z`)) / DAY);
}
