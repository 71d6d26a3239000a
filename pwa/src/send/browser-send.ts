/** Runs the sender with the browser's fetch, clock, lock and compression, in a page or the service worker. */
import { encrypt } from "../crypto/local-encryption";
import { verifier } from "../crypto/signature-verifier";
import type { BackgroundRequest, FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";
import type { PhoneStore } from "../db/store-contract";
import { chosenHub, createHubNetwork, preferHub } from "../net/hub-choice";
import { createSiteNetwork } from "../net/site-network";
import { padLines } from "./padding";
import { type SendContext, type SendOutcome, Sender } from "./send-outbox";

/** Name of the window's event after the outbox changed. */
export const OUTBOX_CHANGED = "outbox";

const LOCK = "kunnafoni-sending";
const OFFLINE: SendOutcome = { kind: "interrupted", received: 0 };

/**
 * Sends the outbox, or `report` alone, under a lock of all tabs and the worker. Null before there is a key to send
 * with.
 */
export async function sendWaiting(
  store: PhoneStore,
  fieldwork: FieldworkStore,
  report?: OutboxEntry,
): Promise<SendOutcome | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  const work = async () => {
    const context = await createSendContext(store, fieldwork);
    if (!context) return null;
    const sender = new Sender(context);
    // A request that cannot begin would only mark its records as gone.
    const isOffline = navigator.onLine === false;
    if (report) return isOffline ? OFFLINE : sender.sendReport(report);
    await sender.applyBackgroundResponses((await fieldwork.backgroundRequests()).map(({ answer = "" }) => answer));
    const end = isOffline ? OFFLINE : await sender.sendAll();
    await leaveForWorker(sender, context, end.kind === "done");
    return end;
  };
  return locks ? (locks.request(LOCK, work) as Promise<SendOutcome | null>) : work();
}

/** The context of this page's requests; null before the phone trusts a site, or before a form was finished. */
export async function createSendContext(store: PhoneStore, fieldwork: FieldworkStore): Promise<SendContext | null> {
  const [trust, phoneKey] = await Promise.all([store.trust(), fieldwork.setting("phoneKey")]);
  if (!trust || !phoneKey) return null;
  const epochs = (await fieldwork.setting("epochs")) ?? {};
  if (epochs[trust.epoch] !== trust.key) await fieldwork.saveSetting("epochs", { ...epochs, [trust.epoch]: trust.key });
  const hub = await chosenHub(store);
  const network = hub ? preferHub(createHubNetwork(hub), createSiteNetwork(store)) : createSiteNetwork(store);
  const keyOf = (epoch: number) => (epoch === trust.epoch ? trust.key : epochs[epoch]);
  return {
    fieldwork,
    network,
    verifier,
    phoneKey,
    site: trust.site,
    keyOfEpoch: keyOf,
    clock: Date.now,
    random: Math.random,
    compress: padLines,
    onLongWork: () => void dispatchEvent(new Event(OUTBOX_CHANGED)),
  };
}

/** Leaves unsent requests to the worker, which the browser wakes once there is a network. */
async function leaveForWorker(sender: Sender, { fieldwork, phoneKey }: SendContext, isDone: boolean): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration()) as
    | { sync?: { register(tag: string): Promise<void> } }
    | undefined;
  const requests: BackgroundRequest[] = [];
  for (const text of isDone || !registration?.sync ? [] : await sender.prepareBackgroundRequests()) {
    const { body, headers } = await padLines(text);
    requests.push({
      shut: await encrypt(phoneKey, body),
      headers: { "content-type": "application/x-ndjson", ...headers },
    });
  }
  await fieldwork.saveBackgroundRequests(requests);
  if (requests.length > 0) await registration?.sync?.register("outbox").catch(() => undefined);
}
