/** The hub that a person chose: a nearer machine, asked before the site and believed no more than any other road. */
import type { PhoneStore } from "../db/contract";
import { Interrupted, type Network, networkOf } from "../net/network";
import type { Outcome } from "./outcome";

/** A hub on the Wi-Fi answers at once; a phone that is elsewhere must not wait long to learn it. */
const PATIENCE = 6_000; // ms

/** The machines besides the site that its frame lets pages ask: they stand in the signed policy. */
export function hubsIn(frame: string): string[] {
  const [, list = ""] = /connect-src (?:'|&#39;)self(?:'|&#39;)([^;"]*)/.exec(frame) ?? [];
  return list.split(" ").filter(Boolean);
}

/** The chosen hub, "" for none: only while the site names it, and once the phone has a key to prove with. */
export async function chosenHub(store: PhoneStore): Promise<string> {
  const [hub, channel, trust] = await Promise.all([store.setting("hub"), store.setting("followed"), store.trust()]);
  if (!hub || !channel || !trust) return "";
  const frame = (await store.shown(channel, "phone"))?.shell ?? "";
  return hubsIn(frame).includes(hub) ? hub : "";
}

/** The road to a hub. What it costs is not counted: no operator sells it. */
export function hubNetwork(hub: string): Network {
  return networkOf({
    fetch: (address, init) => fetch(hub + address, init),
    spent: () => undefined,
    clock: () => undefined,
    first: PATIENCE,
  });
}

/**
 * News by the hub, then by the site unless what the hub brought is `recent`. What a hub cannot prove is asked of the site as if there
 * were no hub; where the site is silent, what the hub brought stands.
 */
export async function pullNear(
  near: () => Promise<Outcome>,
  far: () => Promise<Outcome>,
  recent: () => Promise<boolean>,
): Promise<Outcome> {
  const first = await near();
  if (first.kind === "storage-full" || (first.kind === "head" && (await recent()))) return first;
  const second = await far();
  const progressed = first.kind === "interrupted" && first.progressed;
  if (second.kind === "interrupted")
    return first.kind === "head" ? first : { kind: "interrupted", progressed: second.progressed || progressed };
  if (first.kind !== "head") return second;
  if (second.kind === "head") return { kind: "head", changed: first.changed || second.changed };
  return second.kind === "busy" ? first : second;
}

/** Asks the hub as long as it answers well, else the site, from then on at once. A question may name the site: then the hub is not asked. */
export function hubFirst(near: Network, far: Network): Network {
  let silent = false;
  return {
    async ask(address, question = {}) {
      if (!silent && !question.site) {
        const answer = await near.ask(address, question).catch((error: unknown) => {
          if (!(error instanceof Interrupted)) throw error;
          silent = true;
        });
        if (answer && answer.status < 300) return { ...answer, byHub: true };
        answer?.close(); // it knows less than the site: what it lacks is asked there
      }
      return far.ask(address, question);
    },
  };
}
