/** Waits before sending again, spread at random so that phones turned away together do not come back together. */

const SHORTEST = 30; // seconds
const LONGEST = 3600;

/** Milliseconds until a line that was told `later` goes again. `seconds`: asked for; `failures`: `later`s before it. */
export function retryDelay(seconds: number, failures: number, random: () => number): number {
  return Math.max(seconds, Math.min(SHORTEST * 2 ** failures, LONGEST)) * 1000 * (1 + random());
}

/** Milliseconds until the next round of sending. `failures`: rounds in a row that were cut or turned away. */
export function roundDelay(usual: number, failures: number, random: () => number): number {
  return Math.min(usual * 2 ** failures, LONGEST * 1000) * (0.75 + random() / 2);
}
