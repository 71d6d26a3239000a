/** What the parts of a pull are given and what each step gives back: the phone's store and network, what it has of the channel, the next step. */
import type { Holding, PhoneStore, Progress } from "../db/contract";
import type { Network } from "../net/network";
import type { Proofs } from "../protocol/canonical";
import type { Refusal } from "../protocol/refusal";
import type { Trust } from "../protocol/trust";
import type { Moment, Outcome } from "./outcome";

export interface Tools {
  readonly store: PhoneStore;
  readonly proofs: Proofs;
  readonly network: Network;
  /** Whether to stop once `first` is here (the browser saves data). */
  readonly onlyFirst: () => boolean;
  readonly watch: (moment: Moment) => void;
}

/** What the phone has of a channel when it asks. */
export interface Position {
  readonly channel: string;
  readonly holding: Holding | undefined;
  readonly progress: Progress | undefined;
  readonly trust: Trust | undefined;
}

export type Step =
  | Outcome
  | { readonly kind: "again"; readonly changed: boolean }
  | { readonly kind: "repair"; readonly id: string; readonly why: Refusal };
