/** The file that another app shared: the worker keeps it in a cache, as an address has no room for it. */

const SHARED = "shared"; // a cache, written by sw/pages.ts
const MARK = "#file";
const FIRST = 200; // bytes that hold a first line
const MARKED = /^\ufeff?\s*kunnafoni-(bundle|receipts|pack|media)\//;

export type SharedKind = "bundle" | "receipts" | "pack" | "media" | "unknown";

/** The shared file and what its first line says it is; undefined where nothing was shared with this page. */
export async function sharedFile(): Promise<{ readonly file: File; readonly kind: SharedKind } | undefined> {
  const found = location.hash === MARK ? await (await caches.open(SHARED)).match("/share") : undefined;
  if (!found) return undefined;
  const blob = await found.blob();
  const [, kind = "unknown"] = MARKED.exec(await new Response(blob.slice(0, FIRST)).text()) ?? [];
  return { file: new File([blob], "kunnafoni.txt", { type: "text/plain" }), kind: kind as SharedKind };
}

/** Forgets the shared file, which is then where it belongs, and leaves the mark out of the address. */
export async function dropSharedFile(): Promise<void> {
  await caches.delete(SHARED);
  history.replaceState(null, "", location.pathname);
}
