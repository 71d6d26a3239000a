/** How long to wait before asking again: longer each time nothing came, at random so that phones behind one mast do not ask together. */
import type { Outcome } from "./outcome";

const SHORTEST = 1_000; // ms
const LONGEST = 5 * 60_000;
/** Without anything coming in between; then the next page opened tries again. */
const TRIES = 12;

export interface Patience {
  readonly random: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Pulls until the outcome says that trying again now is of no use. */
export async function persist(pull: () => Promise<Outcome>, { random, wait }: Patience): Promise<Outcome> {
  for (let vain = 0; ; vain++) {
    const outcome = await pull();
    if (outcome.kind !== "interrupted" && outcome.kind !== "busy") return outcome;
    if (outcome.kind === "interrupted" && outcome.progressed) vain = 0;
    if (vain >= TRIES) return outcome;
    const longest = Math.min(SHORTEST * 2 ** vain, LONGEST);
    await wait(longest * (0.5 + random() / 2));
  }
}
