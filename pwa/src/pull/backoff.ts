/** Repeats a pull with exponential back-off and jitter, so that phones of one cell do not ask together. */
import type { FinalOutcome, PullOutcome } from "./outcome";

const SHORTEST = 1_000; // ms
const LONGEST = 5 * 60_000;

export interface BackoffOptions {
  readonly random: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Pulls until the outcome is final; while a page is open it does not give up. */
export async function pullWithBackoff(
  pull: () => Promise<PullOutcome>,
  { random, wait }: BackoffOptions,
): Promise<FinalOutcome> {
  for (let failures = 0; ; failures++) {
    const outcome = await pull();
    if (outcome.kind !== "interrupted" && outcome.kind !== "busy") return outcome;
    if (outcome.kind === "interrupted" && outcome.progressed) failures = 0;
    const longest = Math.min(SHORTEST * 2 ** failures, LONGEST);
    await wait(longest * (0.5 + random() / 2));
  }
}
