/** Makes the indexes of the pages that a phone shows, while it is idle: search, and checking a message. */
import { prepareClaims } from "../../claims/kept-claims";
import { openSearchPieces } from "../../db/search-pieces";
import type { PhoneStore } from "../../db/store-contract";
import { prepareKeptIndex } from "../../search/build-index";

export async function prepareIndexes(store: PhoneStore, channel: string, pause: () => Promise<void>): Promise<void> {
  await prepareKeptIndex(store, channel, pause); // which may begin with an empty store
  await prepareClaims(store, openSearchPieces(), channel, pause);
}
