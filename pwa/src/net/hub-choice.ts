/**
 * Finds the hub that the person chose: a nearer server, asked before the site, whose responses are verified like any
 * others.
 */
import type { PhoneStore } from "../db/store-contract";
import { Interrupted, type Network, createNetwork } from "./network";

/** Time limit of a hub's response: one on the Wi-Fi responds at once. */
const PATIENCE = 6_000; // ms

/** The hubs that a page's signed Content-Security-Policy allows (`connect-src`). */
export function allowedHubs(frame: string): string[] {
  const [, list = ""] = /connect-src (?:'|&#39;)self(?:'|&#39;)([^;"]*)/.exec(frame) ?? [];
  return list.split(" ").filter(Boolean);
}

/** The chosen hub, "" for none: while the site allows it, and once the phone has a key to verify with. */
export async function chosenHub(store: PhoneStore): Promise<string> {
  const [hub, channel, trust] = await Promise.all([store.setting("hub"), store.setting("followed"), store.trust()]);
  if (!hub || !channel || !trust) return "";
  const frame = (await store.page(channel, "phone"))?.shell ?? "";
  return allowedHubs(frame).includes(hub) ? hub : "";
}

/** Requests to a hub. Their bytes are not counted as data usage: a hub is on the local network. */
export function createHubNetwork(hub: string): Network {
  return createNetwork({
    fetch: (address, init) => fetch(hub + address, init),
    onEnd: () => undefined,
    onServerTime: () => undefined,
    firstTimeout: PATIENCE,
  });
}

/** Asks the hub while it responds, else the site, and then the site alone. `siteOnly` requests skip the hub. */
export function preferHub(hub: Network, site: Network): Network {
  let silent = false;
  return {
    async request(address, options = {}) {
      if (!silent && !options.siteOnly) {
        const response = await hub.request(address, options).catch((error: unknown) => {
          if (!(error instanceof Interrupted)) throw error;
          silent = true;
        });
        if (response && response.status < 300) return { ...response, isFromHub: true };
        response?.close(); // it knows less than the site, which is asked instead
      }
      return site.request(address, options);
    },
  };
}
