/** Passes the PIN's key from one page to the next through the service worker, which holds it in memory for a minute. */

/** Time limit of a worker's response. */
const PATIENCE = 400; // ms

/** The key that a page before this one left, or null. */
export async function fetchSessionKey(): Promise<CryptoKey | null> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return null;
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data instanceof CryptoKey ? data : null);
    };
    worker.postMessage("key", [port2]);
  });
}

/** Leaves the key for the next page; null removes it. Repeated calls also keep the worker awake. */
export function storeSessionKey(key: CryptoKey | null): void {
  navigator.serviceWorker?.controller?.postMessage({ key });
}
