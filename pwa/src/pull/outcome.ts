/** The outcomes of a pull, and its progress. */
import type { RefusalCode } from "../protocol/refusal";

export type PullOutcome =
  /** The phone holds the newest edition; `changed`: since this pull. */
  | { readonly kind: "head"; readonly changed: boolean }
  /** The first part is here, and the person's browser saves data. */
  | { readonly kind: "first-only" }
  /** The connection was lost; `progressed`: after new lines. */
  | { readonly kind: "interrupted"; readonly progressed: boolean }
  /** The server cannot answer now. */
  | { readonly kind: "busy" }
  /** The server does not know this channel. */
  | { readonly kind: "unknown-channel" }
  /** The response did not verify; what was there stays. */
  | { readonly kind: "refused"; readonly refused: RefusalCode }
  /** The phone's disk is full; what was there stays. */
  | { readonly kind: "storage-full" };

/** An outcome that asking again at once would not change. */
export type FinalOutcome = Exclude<PullOutcome, { readonly kind: "interrupted" | "busy" }>;

/** Progress of a download. `bytes` are before compression; the totals are not verified, and meant for people. */
export interface DownloadProgress {
  readonly pages: number;
  readonly pagesTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
  /** The phone had nothing to read before this download. */
  readonly isFirstDownload: boolean;
  /** `first` is here and may be read. */
  readonly isFirstPartReady: boolean;
}
