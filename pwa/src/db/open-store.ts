/** Opens the phone's store: IndexedDB, or memory where the browser refuses it (then `isLasting` is false). */

import { openIndexedDbStore } from "./indexeddb-store";
import { MemoryStore } from "./memory-store";
import type { PhoneStore } from "./store-contract";

/** A time limit, because some private windows neither open nor refuse. */
const PATIENCE = 5_000; // ms

export async function openStore(): Promise<PhoneStore> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("IndexedDB does not answer")), PATIENCE);
  });
  try {
    return await Promise.race([openIndexedDbStore(), slow]);
  } catch {
    return new MemoryStore();
  } finally {
    clearTimeout(timer);
  }
}
