/** The page's talk with its service worker: start it, have it keep the features, know its build. */

/** Registers the worker; null where the browser refuses (private windows of some browsers). */
export async function startWorker(): Promise<ServiceWorkerRegistration | null> {
  try {
    return await navigator.serviceWorker.register("/sw.js");
  } catch {
    return null;
  }
}

/** Whether every feature's file is now kept for offline. */
export async function keepFeatures(): Promise<boolean> {
  return (await ask("keep-features")) === true;
}

/** The worker's answer to a word, once it is at work. */
async function ask(word: string): Promise<unknown> {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => resolve(event.data);
    active?.postMessage(word, [port2]);
  });
}

interface Wakeable {
  readonly sync?: { register(tag: string): Promise<void> };
  readonly periodicSync?: { register(tag: string, options: { minInterval: number }): Promise<void> };
}

const HALF_A_DAY = 12 * 60 * 60_000; // ms

/** Asks the browser to wake the worker now and then. Who refuses loses nothing. */
export async function askToBeWoken(registration: ServiceWorkerRegistration): Promise<void> {
  await (registration as unknown as Wakeable).periodicSync?.register("news", { minInterval: HALF_A_DAY }).catch(() => undefined);
}

/** Asks the browser to wake the worker once when there is network again, should the page be closed before. */
export async function askToGoOn(registration: ServiceWorkerRegistration): Promise<void> {
  await (registration as unknown as Wakeable).sync?.register("news").catch(() => undefined);
}
