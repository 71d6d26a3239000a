/** Makes a page's requests to the site besides feeds: counted as data usage, without credentials. */
import type { PhoneStore } from "../db/store-contract";
import { correctedTime } from "./clock";
import { addDataUsage } from "./data-usage";
import { type Network, createNetwork } from "./network";

export function createSiteNetwork(store: PhoneStore): Network {
  const spend = async (bytes: number) =>
    addDataUsage(store, bytes, correctedTime(Date.now(), await store.setting("ahead"))).catch(() => undefined);
  return createNetwork({
    fetch: (address, init) => {
      void spend(init.body instanceof ArrayBuffer ? init.body.byteLength : String(init.body ?? "").length);
      return fetch(address, init);
    },
    onEnd: (_, bytes) => void spend(bytes),
    onServerTime: () => undefined,
  });
}
