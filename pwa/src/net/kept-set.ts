/** Asks the browser's caches which feature sets the worker keeps. */

/** True if a feature set is on this phone, of this build or of the one before, which an update brings along. */
export async function isSetKept(name: string): Promise<boolean> {
  for (const cacheName of await caches.keys())
    for (const { url } of await (await caches.open(cacheName)).keys()) if (url.includes(`/app/${name}-`)) return true;
  return false;
}
