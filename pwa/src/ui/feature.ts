/** The contract of a feature: it takes over an element that already says something without it. */
import type { PhoneStore } from "../db/store-contract";

export type Feature = (host: HTMLElement, store: PhoneStore) => Promise<void>;
