/** Corrects the time of phones whose clock may be years off by the server's `Date` header. */

const DAY = 24 * 60 * 60_000; // ms
/** Days after which a publication counts as old, without the publisher's confirmation that it is the newest. */
const STALE_AFTER_DAYS = 14;

/** True if the phone's clock is wrong by a day or more. `ahead`: the server's clock minus the phone's (ms). */
export function isClockWrong(ahead: number | undefined): boolean {
  return Math.abs(ahead ?? 0) >= DAY;
}

/** The time now, by the server's clock where the phone's is wrong. */
export function correctedTime(now: number, ahead: number | undefined): number {
  return isClockWrong(ahead) ? now + (ahead ?? 0) : now;
}

/** True once more than fourteen whole days have passed since the publisher confirmed an edition (YYYY-MM-DD). */
export function isStale(confirmed: string, now: number): boolean {
  return daysSince(confirmed, now) > STALE_AFTER_DAYS;
}

/** Whole days since a date (YYYY-MM-DD); negative before it. */
export function daysSince(date: string, now: number): number {
  return Math.floor((now - Date.parse(`${date}T00:00:00Z`)) / DAY);
}
