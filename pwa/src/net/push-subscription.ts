/**
 * Makes the requests about pushes: subscribe with preferences, unsubscribe, send a test, report a shown alert. None
 * identifies the person.
 */
import type { AlertPreferences, PhoneStore } from "../db/store-contract";
import { base64urlDecode } from "../protocol/canonical";

/** Subscribes this browser and stores its preferences on the server; throws where the browser or the network fails. */
export async function subscribe(
  registration: ServiceWorkerRegistration,
  channel: string,
  choices: AlertPreferences,
): Promise<void> {
  const { key } = (await (await request("/push/key")).json()) as { key: string };
  const applicationServerKey = base64urlDecode(key);
  const manager = registration.pushManager;
  const options = { userVisibleOnly: true, applicationServerKey };
  const subscription = await manager.subscribe(options).catch(async () => {
    await (await manager.getSubscription())?.unsubscribe(); // made for a key that this site had before
    return manager.subscribe(options);
  });
  const { endpoint, keys } = subscription.toJSON();
  await request("/push/subscriptions", "POST", { endpoint, keys, channel, ...choices });
}

/**
 * Replaces a subscription that the browser changed or lost by a new one with the same preferences, and ends the old
 * one. Does nothing where the person wants none. Throws as `subscribe` does.
 */
export async function renewSubscription(
  registration: ServiceWorkerRegistration,
  store: PhoneStore,
  current?: PushSubscription | null,
): Promise<void> {
  const [channel, choices] = await Promise.all([store.setting("followed"), store.setting("told")]);
  if (!channel || !choices) return;
  await subscribe(registration, channel, choices);
  if (current) await endSubscription(current.endpoint);
}

/** Ends the subscription, in the browser first, so that it ends even without a network. */
export async function unsubscribe(registration: ServiceWorkerRegistration): Promise<void> {
  const subscription = await registration.pushManager.getSubscription();
  await subscription?.unsubscribe();
  if (subscription) await endSubscription(subscription.endpoint);
}

/** Reports the end of a subscription; a server that misses it finds out when it next sends. */
async function endSubscription(endpoint: string): Promise<void> {
  await request("/push/subscriptions", "DELETE", { endpoint }).catch(() => undefined);
}

/** The fate of a message at the service of messages (PROTOCOL.md, section 15). */
export interface MessageFate {
  readonly fate: string;
  readonly reason: string;
}

/** Asks for a test message to this phone. */
export async function requestTestPush(registration: ServiceWorkerRegistration, lang: string): Promise<MessageFate> {
  const subscription = await registration.pushManager.getSubscription();
  const response = await request("/push/test", "POST", { endpoint: subscription?.endpoint, lang });
  return (await response.json()) as MessageFate;
}

/** Reports that an alert was shown; the server counts by language. */
export async function reportShown(alert: string, lang: string): Promise<void> {
  await request("/push/shown", "POST", { alert, lang }).catch(() => undefined);
}

async function request(address: string, method = "GET", value?: unknown): Promise<Response> {
  const body = value === undefined ? null : JSON.stringify(value);
  const response = await fetch(address, {
    method,
    body,
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  if (!response.ok) throw new SiteRefusal(response.status, await errorCode(response));
  return response;
}

async function errorCode(response: Response): Promise<string> {
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  return code ?? "";
}

/** The site refused a request; `code` is the wire's. */
export class SiteRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}
