/**
 * Caches the app's own files by build: a page never mixes two builds, and an update is complete before it waits for a
 * tap.
 */

import type { AppFilesState } from "../db/app-files-state";

const PREFIX = "app-";
const NAME = PREFIX + __BUILD__;

const FILES = new Set([...__CORE__, ...__FEATURES__]);

export function isAppFile(address: URL): boolean {
  return FILES.has(address.pathname);
}

/** Responds from this build's cache, else from the network, and caches that. */
export async function answerFromCache(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const cached = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (cached) return cached;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone()).catch(() => undefined);
  return response;
}

/** Caches the files that every page needs, all or none: without them the new build is not installed. */
export async function cacheCoreFiles(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(__CORE__.map(revalidatingRequest));
  if (await isUpdate()) await cacheFeatureFiles(); // an update must not take away what already worked offline
}

/** Caches the other files; those that arrived stay, even if the rest fails. */
export async function cacheFeatureFiles(): Promise<AppFilesState> {
  const states = await Promise.all(__FEATURES__.map((address) => cacheFile(address).catch(stateAfter)));
  return states.find((state) => state !== "all") ?? "all";
}

async function cacheFile(address: string): Promise<AppFilesState> {
  const cache = await caches.open(NAME);
  if (!(await cache.match(address, { ignoreVary: true }))) await cache.add(revalidatingRequest(address));
  return "all";
}

function stateAfter(error: unknown): AppFilesState {
  return error instanceof Error && error.name === "QuotaExceededError" ? "full" : "some";
}

export async function dropOldCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
}

/** Fetches past the browser's cache, where names without a digest may be stale. */
function revalidatingRequest(address: string): Request {
  return new Request(address, { cache: "no-cache", credentials: "omit" });
}

/** True if an older build is active: then this is an update. */
async function isUpdate(): Promise<boolean> {
  return (await caches.keys()).some((name) => name.startsWith(PREFIX) && name !== NAME);
}
