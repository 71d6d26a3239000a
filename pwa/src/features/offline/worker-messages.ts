/**
 * Sends the page's messages to its service worker: register it, have it cache the features' files, ask for background
 * sync.
 */

import type { AppFilesState } from "../../db/app-files-state";

const ROOM = 1024 * 1024; // bytes: what the app's own files take, unpacked, with what browsers add

/** Registers the worker; null where the browser refuses (private windows of some browsers). */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  try {
    return await navigator.serviceWorker.register("/sw.js");
  } catch {
    return null;
  }
}

/**
 * Has the worker keep every feature's file; where the worker's own files could not be kept, the browser tries them
 * again first.
 */
export async function requestFeatureFiles(): Promise<AppFilesState> {
  const registration = await registerWorker();
  const worker = registration && (await activeWorker(registration));
  if (worker) return (await askWorker(worker, "keep-features")) as AppFilesState;
  return (await isNearlyFull()) ? "full" : "some";
}

/** The active worker; null where the browser discarded it. */
export function activeWorker({
  active,
  installing,
  waiting,
}: ServiceWorkerRegistration): Promise<ServiceWorker | null> {
  const coming = installing ?? waiting;
  return new Promise((resolve) => {
    if (active || !coming) return resolve(active);
    coming.addEventListener("statechange", () => {
      if (coming.state === "activated") resolve(coming);
      if (coming.state === "redundant") resolve(null);
    });
  });
}

/** The worker's response to a message. */
async function askWorker(worker: ServiceWorker, message: string): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
    worker.postMessage(message, [port2]);
  });
}

/** Reports a failed installation: the browser does not say why. */
async function isNearlyFull(): Promise<boolean> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return quota - usage < ROOM;
}

interface Wakeable {
  readonly sync?: { register(tag: string): Promise<void> };
  readonly periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> };
}

const HALF_A_DAY = 12 * 60 * 60_000; // ms

/** Asks the browser to wake the worker now and then; a refusal costs nothing. */
export async function registerPeriodicSync(registration: ServiceWorkerRegistration): Promise<void> {
  await (registration as unknown as Wakeable).periodicSync
    ?.register("news", { minInterval: HALF_A_DAY })
    .catch(() => undefined);
}

/** Asks the browser to wake the worker once when there is network again, should the page be closed before. */
export async function registerSync(registration: ServiceWorkerRegistration): Promise<void> {
  await (registration as unknown as Wakeable).sync?.register("news").catch(() => undefined);
}
