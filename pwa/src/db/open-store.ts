/** Opens the phone's store: IndexedDB, or one without pages where the browser refuses it (`isLasting` is false). */

import { openIndexedDbStore } from "./indexeddb-store";
import { openSettingsStore } from "./settings-store";
import type { PhoneStore } from "./store-contract";

/** A time limit, because some private windows neither open nor refuse. */
const PATIENCE = 5_000; // ms

/** `patience`: ms; a page that says that nothing is kept asks once more before, with more of it. */
export async function openStore(patience = PATIENCE): Promise<PhoneStore> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("IndexedDB does not answer")), patience);
  });
  try {
    return await Promise.race([openIndexedDbStore(), slow]);
  } catch {
    return openSettingsStore();
  } finally {
    clearTimeout(timer);
  }
}
