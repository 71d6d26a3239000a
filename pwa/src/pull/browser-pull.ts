/** Runs a pull with the browser's fetch, clock, lock and data saver, in a page or the service worker. */
import { verifier } from "../crypto/signature-verifier";
import type { PhoneStore } from "../db/store-contract";
import { correctedTime, daysSince } from "../net/clock";
import { addDataUsage, transferredBytes } from "../net/data-usage";
import { chosenHub, createHubNetwork } from "../net/hub-choice";
import { type Network, createNetwork } from "../net/network";
import { pullViaHub } from "./hub-first-pull";
import type { DownloadProgress, PullOutcome } from "./outcome";
import { pull } from "./pull";

const LOCK = "kunnafoni-pull";

/** Pulls a channel once, under a lock of all tabs. Never throws; a failing store is reported as `storage-full`. */
export async function pullChannel(
  store: PhoneStore,
  channel: string,
  watch: (moment: DownloadProgress) => void = () => undefined,
): Promise<PullOutcome> {
  return withPullLock(async () => {
    const everything = await store.setting("everything").catch(() => false);
    const pullFrom = (network: Network, onlyFirst: () => boolean) =>
      pull({ store, verifier, network, onProgress: watch, stopsAfterFirst: onlyFirst }, channel).catch(
        (): PullOutcome => ({ kind: "storage-full" }),
      );
    const site = createNetwork({
      fetch: (address, init) => fetch(address, init),
      onEnd: (address, bytes) => void countTraffic(store, address, bytes).catch(() => undefined),
      onServerTime: (server) => void store.changeSetting("ahead", () => server - Date.now()).catch(() => undefined),
    });
    const pullFromSite = () => pullFrom(site, () => !everything && isSavingData());
    const hub = await chosenHub(store).catch(() => "");
    const pullFromHub = async () => {
      const outcome = await pullFrom(createHubNetwork(hub), () => false);
      await store
        .changeSetting("hubSaid", () => ({
          at: Date.now(),
          ended: outcome.kind === "refused" ? outcome.refused : outcome.kind,
        }))
        .catch(() => undefined);
      return outcome;
    };
    const outcome = await (hub
      ? pullViaHub(pullFromHub, pullFromSite, () => isConfirmedToday(store, channel))
      : pullFromSite());
    await store.changeSetting("asked", () => ({ at: Date.now(), ended: outcome.kind })).catch(() => undefined);
    return outcome;
  });
}

/** True if the person set the browser to save data. */
export function isSavingData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

async function isConfirmedToday(store: PhoneStore, channel: string): Promise<boolean> {
  const [holding, ahead] = await Promise.all([store.holding(channel), store.setting("ahead")]);
  return !!holding?.confirmed && daysSince(holding.confirmed, correctedTime(Date.now(), ahead)) <= 0;
}

async function countTraffic(store: PhoneStore, address: string, bytes: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve)); // the browser records a response's size just after its end
  await addDataUsage(store, transferredBytes(address, bytes), correctedTime(Date.now(), await store.setting("ahead")));
}

/** Without locks two tabs may download the same twice; each verifies what it keeps. */
export async function withPullLock<Value>(work: () => Promise<Value>): Promise<Value> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? (locks.request(LOCK, work) as Promise<Value>) : work();
}
