/**
 * Solves the challenges of a flooded inbox (PROTOCOL.md, section 11) with altcha-lib. Loaded when one arrives; each
 * attempt runs in WebCrypto's own thread.
 */
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";

/** A challenge in ALTCHA's second form, bound to the submission `data.id` until `data.until` (UTC seconds). */
export interface WorkChallenge {
  readonly parameters: {
    readonly algorithm: string;
    readonly cost: number;
    readonly keyLength: number;
    readonly keyPrefix: string;
    readonly nonce: string;
    readonly salt: string;
    readonly data: { readonly id: string; readonly site: string; readonly until: number };
  };
  readonly signature: string;
}

export interface WorkSolution {
  readonly counter: number;
  readonly derivedKey: string;
}

/** Longest search: many times what the hardest challenge takes. */
const PATIENCE = 120_000; // ms

/** Null if there is no solution within two minutes. The time it took is left out: it would tell phones apart. */
export async function solve(challenge: WorkChallenge): Promise<WorkSolution | null> {
  const { parameters, signature } = challenge;
  const solution = await solveChallenge({
    challenge: { parameters: { ...parameters, data: { ...parameters.data } }, signature },
    deriveKey,
    timeout: PATIENCE,
  });
  return solution && { counter: solution.counter, derivedKey: solution.derivedKey };
}
