/** Frees space on a full disk: evicts the search index and the pages that no edition needs. */
import { StorageFull } from "../db/store-contract";
import type { PullContext } from "./context";

/** Calls `write`, and on a full disk evicts and calls it once more. Throws StorageFull where that is not enough. */
export async function withEviction(context: PullContext, channel: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof StorageFull)) throw error;
    await context.store.dropSearch();
    await context.store.sweep(channel);
    await write();
  }
}
