/**
 * The service worker's policy: the source that answers each request. The files beside this one do the work. It pulls
 * only inside events (sync, periodic sync); while a page is open, the page does.
 */
import { openStore } from "../db/open-store";
import { countOtherTraffic } from "../net/data-usage";
import { pullChannel } from "../pull/browser-pull";
import { isPullDue } from "../pull/schedule";
import { tellOpenPages } from "./alert-pages";
import { answerFromCache, dropOldCaches, isAppFile, keepCore, keepReadersFiles } from "./app-files";
import { postBackgroundRequests } from "./background-send";
import { answerMedia, isMedia } from "./media";
import {
  askToOpen,
  closeEndedNotifications,
  openTappedAlert,
  renewChangedSubscription,
  showPushedAlert,
} from "./notifications";
import { answerPage, answerShare, answerStart } from "./pages";
import { holdPinKey } from "./pin-key";
import { takeReminderTurn } from "./reminder";

declare const self: ServiceWorkerGlobalScope & typeof globalThis;

interface TagEvent extends ExtendableEvent {
  readonly tag: string;
}

interface ChangeEvent extends ExtendableEvent {
  readonly oldSubscription?: PushSubscription | null;
}

const store = openStore();

self.addEventListener("install", (event) => event.waitUntil(install().then(countTraffic)));
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([dropOldCaches(), self.clients.claim()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method === "POST" && address.pathname === "/share") return event.respondWith(answerShare(request));
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (isAppFile(address)) event.respondWith(answerFromCache(request));
  else if (isMedia(address)) event.respondWith(answerMedia(request));
  else if (request.mode !== "navigate" || address.pathname.startsWith("/console")) return;
  else if (address.pathname === "/") event.respondWith(answerStart(store, request, address));
  else event.respondWith(answerPage(store, request, address));
  event.waitUntil(closeEndedNotifications(store).catch(() => undefined));
});

self.addEventListener("push", (event) =>
  event.waitUntil(showPushedAlert(store, event.data?.text() ?? "").then(() => pullIfDue())),
);
self.addEventListener("pushsubscriptionchange", (event) =>
  (event as ChangeEvent).waitUntil(renewChangedSubscription(store, (event as ChangeEvent).oldSubscription)),
);
self.addEventListener("notificationclick", (event) => event.waitUntil(openTappedAlert(store, event.notification)));

/**
 * Handles a page's messages: activate this version now (a person tapped), cache the features, report the build, say
 * what the banner says now, hold a key.
 */
self.addEventListener("message", (event) => {
  holdPinKey(event);
  if (event.data === "update") void self.skipWaiting();
  if (event.data === "keep-features")
    event.waitUntil(
      language()
        .then(keepReadersFiles)
        .then((state) => event.ports[0]?.postMessage(state))
        .then(countTraffic),
    );
  if (event.data === "alerts") event.waitUntil(store.then((phoneStore) => tellOpenPages(phoneStore)));
  if (event.data === "build") event.ports[0]?.postMessage(__BUILD__);
});

for (const name of ["sync", "periodicsync"]) {
  self.addEventListener(name, (event) => {
    if ((event as TagEvent).tag === "news")
      (event as TagEvent).waitUntil(Promise.all([closeEndedNotifications(store), pullIfDue()]));
    if ((event as TagEvent).tag === "outbox") (event as TagEvent).waitUntil(postBackgroundRequests());
    if ((event as TagEvent).tag === "alerts") (event as TagEvent).waitUntil(renewChangedSubscription(store));
  });
}

/** Keeps the core; on a full phone in the place of the search index, which can be made again. */
async function install(): Promise<void> {
  await keepCore(await language(), async () => (await store).dropSearch());
}

/** The language of the followed channel. */
async function language(): Promise<string> {
  const channel = await store.then((phoneStore) => phoneStore.setting("followed")).catch(() => undefined);
  return (channel ?? "fr-ML").slice(0, -"-ML".length);
}

/** A failing store must not keep the app from being installed. */
async function countTraffic(): Promise<void> {
  await countOtherTraffic(await store).catch(() => undefined);
}

/** Pulls if it is time to, and shows a reminder whose day has come, at most once a day. */
async function pullIfDue(): Promise<void> {
  const phoneStore = await store;
  if (await takeReminderTurn(phoneStore, Date.now())) await askToOpen().catch(() => undefined);
  const channel = await phoneStore.setting("followed");
  if (!channel || !phoneStore.isLasting) return;
  const [holding, lastPull] = await Promise.all([phoneStore.holding(channel), phoneStore.setting("asked")]);
  if (!isPullDue(holding, lastPull, Date.now())) return;
  const outcome = await pullChannel(phoneStore, channel);
  if (outcome.kind === "head" && outcome.changed) await tellOpenPages(phoneStore);
}
