/** Fakes of a page's global scope that Node lacks: navigator, location, window events, sessionStorage. */

export interface FakeBrowser {
  /** Names of the locks that were requested, in order. */
  readonly locks: string[];
  /** Names of the events that were dispatched on the window. */
  readonly events: string[];
  /** Tags registered for background sync. */
  readonly syncTags: string[];
  /** The browser's data saver. */
  savesData: boolean;
  /** The global `fetch`. */
  fetch: (address: string, init?: RequestInit) => Promise<Response>;
}

/**
 * Installs a fake browser as this process's global scope. `hasBackgroundSync`: its service worker is woken when there
 * is a network.
 */
export function installBrowser({ hasBackgroundSync = false } = {}): FakeBrowser {
  const browser: FakeBrowser = {
    locks: [],
    events: [],
    syncTags: [],
    savesData: false,
    fetch: () => Promise.reject(new TypeError("Failed to fetch")),
  };
  const sync = { register: async (tag: string) => void browser.syncTags.push(tag) };
  const navigator = {
    connection: {
      get saveData() {
        return browser.savesData;
      },
    },
    locks: {
      request: <Value>(name: string, work: () => Promise<Value>) => {
        browser.locks.push(name);
        return work();
      },
    },
    serviceWorker: { getRegistration: async () => (hasBackgroundSync ? { sync } : {}) },
  };
  define("navigator", navigator);
  define("location", new URL("https://exemple.ml/fr-ML/"));
  define("fetch", (address: string, init?: RequestInit) => browser.fetch(address, init));
  define("addEventListener", () => undefined);
  define("dispatchEvent", (event: Event) => void browser.events.push(event.type));
  return browser;
}

/** A `sessionStorage`; with `refuses`, one of a browser that forbids it. */
export function installSessionStorage(refuses = false): void {
  const values = new Map<string, string>();
  const access = () => {
    if (refuses) throw new DOMException("denied", "SecurityError");
    return values;
  };
  define("sessionStorage", {
    getItem: (key: string) => access().get(key) ?? null,
    setItem: (key: string, value: string) => void access().set(key, value),
    removeItem: (key: string) => void access().delete(key),
  });
}

export function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
