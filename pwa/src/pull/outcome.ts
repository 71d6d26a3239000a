/** The outcomes of a pull, and its progress. */
import type { RefusalCode } from "../protocol/refusal";

export type PullOutcome =
  /** The phone holds the newest edition; `changed`: it got it just now. */
  | { readonly kind: "head"; readonly changed: boolean }
  /** The first part is here, and the person's browser saves data. */
  | { readonly kind: "first-only" }
  /** The link broke; `progressed`: something came before. */
  | { readonly kind: "interrupted"; readonly progressed: boolean }
  /** The server cannot answer now. */
  | { readonly kind: "busy" }
  /** The server does not know this channel. */
  | { readonly kind: "unknown-channel" }
  /** What came was not proven; what was there stays. */
  | { readonly kind: "refused"; readonly refused: RefusalCode }
  /** The phone has no room; what was there stays. */
  | { readonly kind: "storage-full" };

/** An outcome after which asking again at once is of no use. */
export type FinalOutcome = Exclude<PullOutcome, { readonly kind: "interrupted" | "busy" }>;

/** How far a download has come. `bytes` are before compression; neither number is proven, both are for people. */
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
