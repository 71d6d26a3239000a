/** The sending of a real browser, page or service worker: its fetch, clock, lock and compression around the pure parts. */
import { proofs } from "../crypto/proofs";
import type { PhoneStore } from "../db/contract";
import type { DeskStore, Sent } from "../db/desk-contract";
import { siteNetwork } from "./browser-network";
import { gzip } from "./gzip";
import { Sending, type SendingTools, type SendingEnd } from "./sending";

const LOCK = "kunnafoni-sending";
/** Smaller texts grow when packed. */
const WORTH_PACKING = 500;

/** Sends what waits, alone among this phone's tabs and its worker; with `report`, that report and nothing else. Null when there is nothing to send with. */
export async function sendWaiting(store: PhoneStore, desk: DeskStore, report?: Sent): Promise<SendingEnd | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  const work = async () => {
    const tools = await toolsOf(store, desk);
    if (!tools) return null;
    const sending = new Sending(tools);
    return report ? sending.report(report) : sending.all();
  };
  return locks ? (locks.request(LOCK, work) as Promise<SendingEnd | null>) : work();
}

/** What this page's requests need; null before the phone trusts a site, or before anything was finished. */
export async function toolsOf(store: PhoneStore, desk: DeskStore): Promise<SendingTools | null> {
  const [trust, phoneKey] = await Promise.all([store.trust(), desk.setting("phoneKey")]);
  if (!trust || !phoneKey) return null;
  const epochs = (await desk.setting("epochs")) ?? {};
  if (epochs[trust.epoch] !== trust.key) await desk.remember("epochs", { ...epochs, [trust.epoch]: trust.key });
  const network = siteNetwork(store);
  const keyOf = (epoch: number) => (epoch === trust.epoch ? trust.key : epochs[epoch]);
  return { desk, network, proofs, phoneKey, site: trust.site, keyOf, clock: Date.now, pack };
}

async function pack(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
  const packed = text.length < WORTH_PACKING ? null : await gzip(text);
  return packed ? { body: packed.buffer, headers: { "content-encoding": "gzip" } } : { body: text, headers: {} };
}
