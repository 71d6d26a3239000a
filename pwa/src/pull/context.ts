/**
 * Types that the parts of a pull share: their store and network, the phone's position in the channel, the step each
 * returns.
 */
import type { Holding, PartialDownload, PhoneStore } from "../db/store-contract";
import type { Network } from "../net/network";
import type { Verifier } from "../protocol/canonical";
import type { Refusal } from "../protocol/refusal";
import type { Trust } from "../protocol/trust";
import type { DownloadProgress, PullOutcome } from "./outcome";

export interface PullContext {
  readonly store: PhoneStore;
  readonly verifier: Verifier;
  readonly network: Network;
  /** True to stop once `first` is here (the browser saves data). */
  readonly stopsAfterFirst: () => boolean;
  readonly onProgress: (moment: DownloadProgress) => void;
}

/** The phone's state of a channel when it asks. */
export interface ChannelPosition {
  readonly channel: string;
  readonly holding: Holding | undefined;
  readonly progress: PartialDownload | undefined;
  readonly trust: Trust | undefined;
}

export type PullStep =
  | PullOutcome
  | { readonly kind: "again"; readonly changed: boolean }
  | { readonly kind: "repair"; readonly id: string; readonly why: Refusal };
