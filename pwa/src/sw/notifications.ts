/**
 * Shows pushed alerts once their signature verifies, and keeps them readable offline. Nothing wakes a phone when an
 * alert ends, so every notification says until when it applies, and each event closes those that ended.
 */
import { verifier } from "../crypto/signature-verifier";
import type { PhoneStore } from "../db/store-contract";
import { renewSubscription, reportShown } from "../net/push-subscription";
import { type AlertText, addAlertText, isInForce, verifyPayload } from "../protocol/alert";
import { isGrave, notificationOf } from "../protocol/alert-wording";
import { pageAddress } from "../protocol/page";
import { t } from "../ui/i18n";
import { currentTime, inLanguageOf, tellOpenPages } from "./alert-pages";

declare const self: ServiceWorkerGlobalScope & typeof globalThis;

/**
 * Handles a push: shows something always, as browsers demand, but no text whose signature does not verify. The pages
 * become due, for the edition says more.
 */
export async function showPushedAlert(opening: Promise<PhoneStore>, payload: string): Promise<void> {
  const store = await opening;
  const trust = await store.trust();
  const message = trust ? await verifyPayload(verifier, trust, payload) : null;
  await closeEndedNotifications(opening);
  await store
    .changeSetting("asked", (asked) => ({ at: asked?.at ?? Date.now(), ended: "push" }))
    .catch(() => undefined);
  if (!message) return askToOpen();
  const isTest = message.status === "Test";
  let messages: readonly AlertText[] = [];
  const known = (await store.setting("alerts")) ?? [];
  if (!isTest)
    await store
      .changeSetting("alerts", (current = []) => (messages = addAlertText(current, message)))
      .catch(() => undefined);
  const newest = messages.find((other) => other.root === message.root) ?? message;
  const running = isInForce(newest, await currentTime(store));
  const isNew = !known.some(({ id }) => id === newest.id);
  const [title, text] = await inLanguageOf(newest, (language) => notificationOf(newest, running, language));
  await showNotification(title, optionsOf(newest, text, !isNew, running));
  await tellOpenPages(store, message.id).catch(() => undefined);
  if (!isTest && isNew) await reportShown(message.id, message.lang);
}

/** Replaces a subscription that the browser ended; without a network, as soon as there is one. */
export async function renewChangedSubscription(
  opening: Promise<PhoneStore>,
  current?: PushSubscription | null,
): Promise<void> {
  const { sync } = self.registration as { sync?: { register(tag: string): Promise<void> } };
  await renewSubscription(self.registration, await opening, current).catch(() => sync?.register("alerts"));
}

/** Closes notifications of ended alerts; called in every event, mostly there are none and the store is not asked. */
export async function closeEndedNotifications(opening: Promise<PhoneStore>): Promise<void> {
  for (const notification of await self.registration.getNotifications())
    if (endOf(notification) <= (await currentTime(await opening))) notification.close();
}

/** Opens the alert at a tap. */
export async function openTappedAlert(opening: Promise<PhoneStore>, notification: Notification): Promise<void> {
  notification.close();
  const channel = await (await opening).setting("followed");
  const path = (notification.data as { path?: string } | null)?.path;
  await self.clients.openWindow(channel ? pageAddress(channel, path ?? "index") : "/");
}

function optionsOf(message: AlertText, body: string, silent: boolean, running: boolean): NotificationOptions {
  return {
    tag: message.root,
    body,
    lang: message.lang,
    silent: silent || !running,
    renotify: !silent && running,
    requireInteraction: running && isGrave(message),
    timestamp: message.sent * 1000,
    data: { path: message.status === "Test" ? "phone" : `alerts/${message.id}`, until: message.expires * 1000 },
  } as NotificationOptions;
}

/** Says that there is a reason to open the app, in words that tell nothing. */
export function askToOpen(): Promise<void> {
  return showNotification(t("Ouvrez l’application"), { tag: "open", body: t("Il y a peut-être du nouveau.") });
}

async function showNotification(title: string, options: NotificationOptions): Promise<void> {
  await self.registration.showNotification(title, { icon: "/app/icon-192.png", ...options });
}

function endOf(notification: Notification): number {
  return (notification.data as { until?: number } | null)?.until ?? Infinity;
}
