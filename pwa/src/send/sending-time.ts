/** The moment at which a public report leaves the phone, which tells nothing of when it was written. */

const SIX_HOURS = 6 * 60 * 60_000; // ms

/** A moment within six hours, each as likely as any other. `random`: evenly drawn from 0 to 1. */
export function drawSendingTime(now: number, random: () => number): number {
  return now + random() * SIX_HOURS;
}
