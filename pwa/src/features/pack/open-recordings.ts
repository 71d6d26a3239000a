/**
 * Takes recordings that another phone, a memory card or a computer hands on: those that the pages on this phone name, each
 * with the digest in its name. A file that was begun goes on with what is missing.
 */
import { digestBytes } from "../../crypto/bytes";
import { decodeStrictly, gunzip } from "../../crypto/gzip";
import type { PhoneStore } from "../../db/store-contract";
import { StorageFull } from "../../db/store-contract";
import { isMediaKept, keepVerified } from "../../net/media-cache";
import { BYTES_LIMIT } from "../../protocol/feed";
import { readMediaLines, readMediaPack } from "../../protocol/media-pack";
import { type Refusal, isRefusal, refuse } from "../../protocol/refusal";
import { isGzip } from "../../protocol/text-file";
import { wholeEntries } from "../../pull/pack-writer";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

const TYPES: Readonly<Record<string, string>> = { webp: "image/webp", opus: "audio/ogg", m4a: "audio/mp4" };

/** A sentence about what was taken; a refusal where nothing was. Throws StorageFull: what came before it stays. */
export async function openRecordings(store: PhoneStore, channel: string, text: string): Promise<string | Refusal> {
  const file = readMediaPack(text);
  if (isRefusal(file)) return file;
  const trust = await store.trust();
  if (!trust) return refuse("key-unknown");
  if (file.site !== trust.site) return refuse("other-site");
  const lines = isGzip(file.body) ? await gunzip(file.body, BYTES_LIMIT) : decodeStrictly(file.body);
  const media = lines === null ? refuse("pack-malformed") : readMediaLines(lines);
  if (isRefusal(media)) return media;
  for (const [name, bytes] of media)
    if (!name.startsWith(`${await digestBytes(bytes)}.`)) return refuse("manifest-false");
  const named = await namedMedia(store, channel);
  const playsOpus = element("audio").canPlayType("audio/ogg; codecs=opus") !== "";
  const useful = [...media].filter(([name]) => named.has(name) && !name.endsWith(playsOpus ? ".m4a" : ".opus"));
  for (const [name, bytes] of useful) {
    const address = `/media/${name}`;
    if (!(await isMediaKept(address)))
      await keepVerified(address, bytes.buffer, TYPES[name.slice(44)] ?? "").catch((error: Error) => {
        throw error.name === "QuotaExceededError" ? new StorageFull() : error;
      });
  }
  if (useful.length === 0) return t("Aucune page de ce téléphone n’a ces enregistrements. Prenez d’abord les pages.");
  return t("Enregistrements gardés sur ce téléphone : {count}.", { count: useful.length });
}

/** The names of images and recordings in the signed pages of this phone. */
async function namedMedia(store: PhoneStore, channel: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  const whole = (await store.holding(channel))?.whole;
  for (const { digest } of whole ? wholeEntries(whole).entries : [])
    for (const [, name = ""] of ((await store.body(digest)) ?? "").matchAll(/\/media\/([\w-]{43}\.\w+)/g))
      names.add(name);
  return names;
}
