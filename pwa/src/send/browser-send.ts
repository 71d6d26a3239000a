/** The sending of a real browser, page or service worker: its fetch, clock, lock and compression around the pure parts. */
import { utf8 } from "../crypto/bytes";
import { shut } from "../crypto/encrypt";
import { proofs } from "../crypto/verifier";
import type { PhoneStore } from "../db/contract";
import type { DeskStore, Mail, Sent } from "../db/fieldwork-contract";
import { gzip } from "../net/gzip";
import { chosenHub, hubFirst, hubNetwork } from "../net/hub";
import { siteNetwork } from "../net/site-network";
import { Sending, type SendingEnd, type SendingTools } from "./send";

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
    if (report) return sending.report(report);
    await sending.taken((await desk.mail()).map(({ answer = "" }) => answer));
    const end = await sending.all();
    await leaveMail(sending, tools, end.kind === "done");
    return end;
  };
  return locks ? (locks.request(LOCK, work) as Promise<SendingEnd | null>) : work();
}

/** What this page's requests need; null before the phone trusts a site, or before anything was finished. */
export async function toolsOf(store: PhoneStore, desk: DeskStore): Promise<SendingTools | null> {
  const [trust, phoneKey] = await Promise.all([store.trust(), desk.setting("phoneKey")]);
  if (!trust || !phoneKey) return null;
  const epochs = (await desk.setting("epochs")) ?? {};
  if (epochs[trust.epoch] !== trust.key) await desk.remember("epochs", { ...epochs, [trust.epoch]: trust.key });
  const hub = await chosenHub(store);
  const network = hub ? hubFirst(hubNetwork(hub), siteNetwork(store)) : siteNetwork(store);
  const keyOf = (epoch: number) => (epoch === trust.epoch ? trust.key : epochs[epoch]);
  return { desk, network, proofs, phoneKey, site: trust.site, keyOf, clock: Date.now, pack };
}

/** What could not be sent is left to the worker, where the browser wakes it once there is a network. */
async function leaveMail(sending: Sending, { desk, phoneKey }: SendingTools, done: boolean): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration()) as
    | { sync?: { register(tag: string): Promise<void> } }
    | undefined;
  const mail: Mail[] = [];
  for (const text of done || !registration?.sync ? [] : await sending.ready()) {
    const { body, headers } = await pack(text);
    const bytes = body instanceof ArrayBuffer ? body : utf8(text);
    mail.push({ shut: await shut(phoneKey, bytes), headers: { "content-type": "application/x-ndjson", ...headers } });
  }
  await desk.keepMail(mail);
  if (mail.length > 0) await registration?.sync?.register("outbox").catch(() => undefined);
}

async function pack(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
  const packed = text.length < WORTH_PACKING ? null : await gzip(text);
  return packed ? { body: packed.buffer, headers: { "content-encoding": "gzip" } } : { body: text, headers: {} };
}
