/**
 * Shows pushed alerts once their signature verifies, and keeps them readable offline. Nothing wakes a phone when an
 * alert ends, so every notification says until when it applies, and each event closes those that ended.
 */
import { verifier } from "../crypto/signature-verifier";
import type { PhoneStore } from "../db/store-contract";
import { correctedTime } from "../net/clock";
import { renewSubscription, reportShown } from "../net/push-subscription";
import { fetchTranslations } from "../net/translations";
import { type AlertText, addAlertText, isInForce, verifyPayload } from "../protocol/alert";
import { pageAddress } from "../protocol/page";
import { formatDateTime, setLanguage, t } from "../ui/i18n";

declare const self: ServiceWorkerGlobalScope & typeof globalThis;

/** Handles a push: shows something always, as browsers demand, but no text whose signature does not verify. */
export async function showPushedAlert(opening: Promise<PhoneStore>, payload: string): Promise<void> {
  const store = await opening;
  const trust = await store.trust();
  const message = trust ? await verifyPayload(verifier, trust, payload) : null;
  await closeEndedNotifications(opening);
  if (!message)
    return showNotification(t("Ouvrez l’application"), { tag: "open", body: t("Il y a peut-être du nouveau.") });
  setLanguage(message.lang, await fetchTranslations(message.lang));
  const isTest = message.status === "Test";
  let messages: readonly AlertText[] = [];
  if (!isTest)
    await store
      .changeSetting("alerts", (current = []) => (messages = addAlertText(current, message)))
      .catch(() => undefined);
  const newest = messages.find((other) => other.root === message.root) ?? message;
  await showNotification(...notificationOf(newest, newest !== message, await currentTime(store)));
  for (const client of await self.clients.matchAll()) client.postMessage({ shown: message.id });
  if (!isTest && newest === message) await reportShown(message.id, message.lang);
}

/** Replaces a subscription that the browser ended; without a network, as soon as there is one. */
export async function renewChangedSubscription(
  opening: Promise<PhoneStore>,
  current?: PushSubscription | null,
): Promise<void> {
  const { sync } = self.registration as { sync?: { register(tag: string): Promise<void> } };
  await renewSubscription(self.registration, await opening, current).catch(() => sync?.register("alerts"));
}

/** Closes notifications of ended alerts; called in every event. */
export async function closeEndedNotifications(opening: Promise<PhoneStore>): Promise<void> {
  const now = await currentTime(await opening);
  for (const notification of await self.registration.getNotifications())
    if (endOf(notification) <= now) notification.close();
}

/** Opens the alert at a tap. */
export async function openTappedAlert(opening: Promise<PhoneStore>, notification: Notification): Promise<void> {
  notification.close();
  const channel = await (await opening).setting("followed");
  const path = (notification.data as { path?: string } | null)?.path;
  await self.clients.openWindow(channel ? pageAddress(channel, path ?? "index") : "/");
}

/** The body of an alert's page, from the push, for a phone whose edition does not have it yet. */
export async function pushedAlertPage(opening: Promise<PhoneStore>, path: string): Promise<string | undefined> {
  const message =
    path.startsWith("alerts/") &&
    (await (await opening).setting("alerts"))?.find((other) => path === `alerts/${other.id}`);
  if (!message) return undefined;
  setLanguage(message.lang, await fetchTranslations(message.lang));
  const now = await currentTime(await opening);
  const [title, ...lines] = `${titleOf(message, isInForce(message, now))}\n${notificationBody(message, now)}`
    .split("\n")
    .map(escapeHtml);
  return `${title}\n<h1>${title}</h1><p>${lines.join("<p>")}`;
}

function notificationOf(
  message: AlertText,
  silent: boolean,
  now: number,
): [title: string, options: NotificationOptions] {
  const running = isInForce(message, now);
  const options = {
    tag: message.root,
    body: notificationBody(message, now),
    lang: message.lang,
    silent: silent || !running,
    renotify: !silent && running,
    requireInteraction: running && /e(m|r)e$/.test(message.severity), // Extreme, Severe
    timestamp: message.sent * 1000,
    data: { path: message.status === "Test" ? "phone" : `alerts/${message.id}`, until: message.expires * 1000 },
  };
  return [titleOf(message, running), options];
}

/** The headline after what sort of alert it is. Twin: sync/alerts/wording.py. */
function titleOf({ headline, status }: AlertText, running: boolean): string {
  const title = running ? headline : t("Alerte terminée : {headline}", { headline });
  return status === "Exercise" ? t("Exercice : {headline}", { headline: title }) : title;
}

/** The notification's text: exercise or not, until when, where, what to do. */
function notificationBody(message: AlertText, now: number): string {
  const drill = message.status === "Exercise" && t("Exercice : il n’y a pas de danger.");
  const end = isInForce(message, now)
    ? t("Jusqu’au {moment}", { moment: formatDateTime(message.expires * 1000) })
    : t("Cette alerte est terminée.");
  return [drill, end, message.area, message.text].filter(Boolean).join("\n");
}

async function showNotification(title: string, options: NotificationOptions): Promise<void> {
  await self.registration.showNotification(title, { icon: "/app/icon-192.png", ...options });
}

function endOf(notification: Notification): number {
  return (notification.data as { until?: number } | null)?.until ?? Infinity;
}

async function currentTime(store: PhoneStore): Promise<number> {
  return correctedTime(Date.now(), await store.setting("ahead"));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
