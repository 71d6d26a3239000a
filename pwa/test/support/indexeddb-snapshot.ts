/**
 * A phone's whole IndexedDB as JSON and back: version, stores and every record under its key.
 * Bytes are `{"$bytes"}` or `{"$buffer"}` in base64; a CryptoKey is `{"$key"}` with its import parameters.
 */
import assert from "node:assert/strict";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";

export interface Dump {
  readonly name: string;
  readonly version: number;
  readonly stores: Readonly<
    Record<
      string,
      {
        readonly keyPath: unknown;
        readonly autoIncrement: boolean;
        readonly records: readonly (readonly [key: string, value: unknown])[];
      }
    >
  >;
}

/** An exported key: keys are made extractable for the snapshot, and imported as browsers make them. */
interface KeptKey {
  readonly jwk: JsonWebKey;
  readonly algorithm: { readonly name: string; readonly namedCurve?: string };
  readonly usages: KeyUsage[];
}

/** Makes every key generated from now on extractable, for `dump`. */
export function makeKeysExtractable(): void {
  const make = crypto.subtle.generateKey.bind(crypto.subtle) as (
    algorithm: AlgorithmIdentifier,
    extractable: boolean,
    usages: KeyUsage[],
  ) => Promise<CryptoKey | CryptoKeyPair>;
  crypto.subtle.generateKey = ((algorithm: AlgorithmIdentifier, _: boolean, usages: KeyUsage[]) =>
    make(algorithm, true, usages)) as typeof crypto.subtle.generateKey;
}

export async function dump(name: string): Promise<Dump> {
  const db = await done(indexedDB.open(name));
  const stores: Record<string, Dump["stores"][string]> = {};
  for (const store of [...db.objectStoreNames].sort()) {
    const objectStore = db.transaction(store).objectStore(store);
    const { keyPath, autoIncrement } = objectStore;
    const [keys, values] = await Promise.all([
      done(objectStore.getAllKeys()),
      done(objectStore.getAll() as IDBRequest<unknown[]>),
    ]);
    const records: [string, unknown][] = [];
    for (const [at, key] of keys.entries()) records.push([String(key), await toJson(values[at])]);
    stores[store] = { keyPath, autoIncrement, records };
  }
  const { version } = db;
  db.close();
  return { name, version, stores };
}

/** Replaces the browser's IndexedDB by this snapshot. */
export async function load({ name, version, stores }: Dump): Promise<void> {
  globalThis.indexedDB = new IDBFactory();
  const rows: [store: string, key: string, value: unknown][] = [];
  for (const [store, { records }] of Object.entries(stores))
    for (const [key, value] of records) rows.push([store, key, await fromJson(value)]);
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    for (const [store, { keyPath, autoIncrement }] of Object.entries(stores))
      request.result.createObjectStore(store, { keyPath: keyPath as string | null, autoIncrement });
  };
  const db = await done(request);
  const change = db.transaction(Object.keys(stores), "readwrite");
  for (const [store, key, value] of rows) change.objectStore(store).put(value, key);
  await new Promise<void>((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
  });
  db.close();
}

function done<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function toJson(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (value instanceof ArrayBuffer) return { $buffer: Buffer.from(value).toString("base64") };
  if (value instanceof CryptoKey) {
    const { name, namedCurve } = value.algorithm as KeptKey["algorithm"];
    return {
      $key: {
        jwk: await crypto.subtle.exportKey("jwk", value),
        algorithm: { name, ...(namedCurve ? { namedCurve } : {}) },
        usages: value.usages,
      } satisfies KeptKey,
    };
  }
  assert(!ArrayBuffer.isView(value), "bytes of a kind that nobody kept before");
  if (Array.isArray(value)) return Promise.all(value.map(toJson));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, item]) => [key, await toJson(item)] as const)),
  );
}

async function fromJson(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(fromJson));
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value) return Uint8Array.from(Buffer.from(String(value.$bytes), "base64"));
  if ("$buffer" in value) return Uint8Array.from(Buffer.from(String(value.$buffer), "base64")).buffer;
  if ("$key" in value) {
    const { jwk, algorithm, usages } = value.$key as KeptKey;
    const { ext: _, key_ops: __, ...bare } = jwk;
    return crypto.subtle.importKey("jwk", bare, algorithm, false, usages);
  }
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, item]) => [key, await fromJson(item)] as const)),
  );
}
