/** The lines of a request to the inbox, their verdicts, and how lines are put into requests. */
import type { WorkChallenge } from "../crypto/proof-of-work";
import type { Receipt, Work } from "../db/fieldwork-contract";

/** Size of a request: small enough that a lost connection on EDGE costs seconds. */
const BATCH_BYTES = 96 * 1024;
const BATCH_LINES = 20;

/** A line of a request, with the handler of its verdict. */
export interface Line {
  text: string;
  /** The entry of this phone's outbox whose record the line is. */
  readonly entry?: string;
  /** True for a report, which goes in a request of its own so that it cannot be linked to others. */
  readonly alone?: boolean;
  /** True once the phone did this line's work in this run. */
  hasWorked?: boolean;
  /** Does the work of a challenge for this line's submission; null where there is none to do. */
  readonly doWork?: (challenge: WorkChallenge) => Promise<Work | null>;
  readonly onVerdict: (verdict: Verdict) => Promise<void>;
}

export interface Verdict {
  readonly verdict?: string;
  readonly receipt?: Receipt;
  readonly missing?: Readonly<Record<string, readonly number[]>>;
  readonly carrier?: string;
  readonly code?: string;
  readonly sentence?: string;
  readonly seconds?: number;
  readonly work?: WorkChallenge;
}

export async function ignoreVerdict(): Promise<void> {
  // the next verdict of its submission shows whether a piece arrived
}

export function* batches(lines: readonly Line[]): Generator<Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const full =
      batch.length === BATCH_LINES || bytes + line.text.length > BATCH_BYTES || line.alone || batch[0]?.alone;
    if (full && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(line);
    bytes += line.text.length;
  }
  if (batch.length > 0) yield batch;
}
