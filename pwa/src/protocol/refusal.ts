/**
 * Refusals as data: a code that is also an error code of the wire; sentences are in ui/refusal-sentences.ts.
 */

export type RefusalCode =
  | "version-unknown"
  | "statement-malformed"
  | "signature-false"
  | "other-site"
  | "other-channel"
  | "other-epoch"
  | "next-key-changed"
  | "edition-older"
  | "rotation-not-committed"
  | "manifest-malformed"
  | "manifest-false"
  | "feed-malformed"
  | "feed-too-long"
  | "base-unknown"
  | "delta-misfit"
  | "patch-misfit"
  | "shell-without-marks"
  | "form-damaged"
  | "bundle-malformed"
  | "bundle-too-large"
  | "pack-malformed"
  | "pack-too-large"
  | "key-unknown";

export interface Refusal {
  readonly refused: RefusalCode;
}

export function refuse(code: RefusalCode): Refusal {
  return { refused: code };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "refused" in value;
}

/** Refusals of bytes damaged in transit, which are fetched again by digest. A false signature is never repaired. */
export function isRepairable(refusal: Refusal): boolean {
  return REPAIRABLE.has(refusal.refused);
}

const REPAIRABLE: ReadonlySet<RefusalCode> = new Set([
  "manifest-malformed",
  "manifest-false",
  "feed-malformed",
  "base-unknown",
  "delta-misfit",
  "patch-misfit",
]);
