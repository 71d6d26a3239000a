/** The network of a page for what is no feed: counted, without credentials. */
import type { PhoneStore } from "../db/contract";
import { trueTime } from "./clock";
import { addSpent } from "./data-usage";
import { type Network, networkOf } from "./network";

export function siteNetwork(store: PhoneStore): Network {
  const spend = async (bytes: number) =>
    addSpent(store, bytes, trueTime(Date.now(), await store.setting("ahead"))).catch(() => undefined);
  return networkOf({
    fetch: (address, init) => {
      void spend(init.body instanceof ArrayBuffer ? init.body.byteLength : String(init.body ?? "").length);
      return fetch(address, init);
    },
    spent: (_, bytes) => void spend(bytes),
    clock: () => undefined,
  });
}
