/** Decides whether to pull when a page opens: seldom on a phone that is up to date, since each request costs data. */
import type { Holding, PhoneSettings } from "../db/store-contract";

const MINUTE = 60_000; // ms
/** Time between pulls, by the last outcome; none after an outcome that is not listed. */
const REST: Readonly<Record<string, number>> = {
  head: 10 * MINUTE,
  "first-only": 24 * 60 * MINUTE, // without `have`, a pull with nothing new costs a page or two
  refused: 60 * MINUTE,
  "unknown-channel": 60 * MINUTE,
  "storage-full": 10 * MINUTE,
};

export function isPullDue(
  holding: Holding | undefined,
  lastPull: PhoneSettings["asked"] | undefined,
  now: number,
): boolean {
  if (!lastPull || !(holding?.whole || holding?.early)) return true;
  const elapsed = now - lastPull.at;
  return elapsed < 0 || elapsed >= (REST[lastPull.ended] ?? 0); // a clock that was set back makes no phone silent
}
