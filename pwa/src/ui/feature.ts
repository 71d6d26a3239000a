/** The contract of a feature: it enhances an element that is already useful without it. */
import type { PhoneStore } from "../db/store-contract";

export type Feature = (host: HTMLElement, store: PhoneStore) => Promise<void>;
