/**
 * Keeps the app's own files by build: a page never mixes two builds, and an update is complete before it waits for a
 * tap. Features come in sets, each one file on the network, verified by its digest; its files are kept apart, in gzip
 * where the browser has it.
 */

import type { Bytes } from "../crypto/bytes";
import { gzip, unzipped } from "../crypto/gzip";
import { verifier } from "../crypto/signature-verifier";
import type { AppFilesState } from "../db/app-files-state";

const PREFIX = "app-";
const NAME = PREFIX + __BUILD__;

/** Files that are kept; not those that a browser asks for by itself, now and then. */
const APP_FILE = /^\/app\/(?!proof|screen|licen)/;
const ZIPPED = "content-encoding";
const CHUNK = /-\w{8}\.js$/;
const READERS = __SETS__.slice(0, 3); // the reader's, the answers' and the case's

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  svg: "image/svg+xml",
  html: "text/html; charset=utf-8",
};

type FeatureSet = (typeof __SETS__)[number];

export function isAppFile(address: URL): boolean {
  return APP_FILE.test(address.pathname);
}

/**
 * Responds from this build's cache, else with the set that brings the file, else from the network, and keeps that. A
 * set is known by the first two letters of its chunks' digests: a chunk of another build rarely fits any.
 */
export async function answerFromCache(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  let response = await readCached(pathname);
  for (const set of CHUNK.test(pathname) ? __SETS__ : [])
    if (set.chunks.includes(pathname.slice(-11, -9)) && !response && (await settle(keepSet(set))) === "all")
      response = await readCached(pathname);
  return response ?? keepAlone(pathname).catch(() => fetch(request)); // a cache is never required
}

/**
 * Keeps the files that every page needs, all or none: without them the new build is not installed; nor is an update
 * without the reader's set, if that was here. `makeRoom` is called on a full disk alone, before a second attempt, once
 * for a build: browsers try again at every page.
 */
export async function keepCore(lang: string, makeRoom: () => Promise<void>): Promise<void> {
  const wasTried = await caches.has(NAME);
  await putCore(lang)
    .catch((error: unknown) => {
      if (wasTried || !isFull(error)) throw error;
      return makeRoom().then(() => putCore(lang));
    })
    .catch(async (error: unknown) => {
      await caches.delete(NAME);
      await caches.open(NAME); // empty: it was tried
      throw error;
    });
}

async function putCore(lang: string): Promise<void> {
  const cache = await caches.open(NAME);
  for (const [address, digest] of __CORE__) {
    // The page has just loaded it; the browser's cache is asked first, and past it where that is of another build.
    const text =
      (await fetchVerified(address, digest, "force-cache")) ?? (await fetchVerified(address, digest, "reload"));
    if (text === null) throw new Error(`${address} is of another build`);
    await cache.put(address, responseOf(address, text));
  }
  const older = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  if (older.length === 0) return;
  // An update must not take away what worked offline: it is not installed without the set that every reader has, which
  // goes before the others on a full phone. Builds without sets kept everything.
  const keys = (await Promise.all(older.map(async (cacheName) => (await caches.open(cacheName)).keys()))).flat();
  const had = (set: FeatureSet) => keys.some(({ url }) => url.includes(nameOf(set)) && url.endsWith(".json"));
  const sets = __SETS__.some(had) ? __SETS__.filter(had) : __SETS__;
  if (sets[0]) await keepSet(sets[0]);
  await Promise.all([...sets.map(keepSet), keepWords(lang)].map(settle));
}

/** Keeps what every reader gets: the three sets of readers, and the words of the language that is read. */
export async function keepReadersFiles(lang: string): Promise<AppFilesState> {
  const states = await Promise.all([...READERS.map(keepSet), keepWords(lang)].map(settle));
  return states.find((state) => state !== "all") ?? "all";
}

export async function dropOldCaches(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
}

const coming = new Map<FeatureSet, Promise<void>>();

/** Fetches a set once, whoever asks, and keeps its files; its own address, kept last, says that it is whole. */
function keepSet(set: FeatureSet): Promise<void> {
  const keeping = coming.get(set) ?? fetchSet(set).finally(() => coming.delete(set));
  coming.set(set, keeping);
  return keeping;
}

async function fetchSet({ address, digest }: FeatureSet): Promise<void> {
  const cache = await caches.open(NAME);
  if (await cache.match(address)) return;
  const text = await fetchVerified(address, digest, "default");
  if (text === null) throw new Error(`${address} is of another build`);
  const files = Object.entries(JSON.parse(text) as Record<string, string>);
  for (const [path, content] of files) await cache.put(path, responseOf(path, (await gzip(content)) ?? content));
  await cache.put(address, new Response());
}

async function keepWords(lang: string): Promise<void> {
  const addresses = __ALONE__.filter((name) => !/locale|webmanifest/.test(name) || name.includes(`/${lang}.`));
  await Promise.all(addresses.map(async (address) => (await readCached(address)) ?? keepAlone(address)));
}

async function keepAlone(address: string): Promise<Response> {
  const response = await fetch(new Request(address, { credentials: "omit" }));
  if (!response.ok) return response;
  const cache = await caches.open(NAME);
  await cache.put(address, response.clone());
  return response;
}

async function readCached(address: string): Promise<Response | undefined> {
  const response = await (await caches.open(NAME)).match(address, { ignoreVary: true });
  return response?.body && response.headers.has(ZIPPED) ? unzipped(response.body, headersOf(address)) : response;
}

/** The text at an address if its digest begins so: 18 characters, 108 bits of SHA-256. Throws without a network. */
async function fetchVerified(address: string, digest: string, cache: RequestCache): Promise<string | null> {
  const text = await (await fetch(new Request(address, { cache, credentials: "omit" }))).text();
  return (await verifier.digest(text)).startsWith(digest) ? text : null;
}

function responseOf(address: string, content: string | Bytes): Response {
  const headers = headersOf(address);
  return new Response(content, { headers: typeof content === "string" ? headers : { ...headers, [ZIPPED]: "gzip" } });
}

function headersOf(address: string): Record<string, string> {
  return { "content-type": TYPES[address.slice(address.lastIndexOf(".") + 1)] ?? "" };
}

/** The address of a set without its digest: the same in every build. */
function nameOf({ address }: FeatureSet): string {
  return address.slice(0, -"12345678.json".length);
}

function settle(work: Promise<void>): Promise<AppFilesState> {
  return work.then(
    (): AppFilesState => "all",
    (error: unknown) => (isFull(error) ? "full" : "some"),
  );
}

function isFull(error: unknown): boolean {
  return (error as Error).name === "QuotaExceededError";
}
