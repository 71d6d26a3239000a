/** Reads a key file chosen in the page with its passphrase; its sentences come from the form's `data-words`. */

import { decryptWithPassphrase, isPassphraseFile } from "../../crypto/age-file";
import { OpeningKey } from "../../crypto/private-sealing-key";

export type PageWords = Readonly<Record<string, string>>;

export function readWords(host: HTMLElement): PageWords {
  return JSON.parse(host.dataset.words ?? "{}") as PageWords;
}

/** Fills a sentence's `{placeholders}`. */
export function fillPlaceholders(
  sentence: string | undefined,
  values: Readonly<Record<string, string | number>>,
): string {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** The key, or the name of the sentence that says why there is none. */
export async function readKeyFile(file: File, passphrase: string): Promise<OpeningKey | "phrase" | "unreadable"> {
  const text = await file.text();
  const pem = isPassphraseFile(text) ? await decryptWithPassphrase(text, passphrase) : text;
  if (pem === null) return "phrase";
  return (await OpeningKey.read(pem)) ?? "unreadable";
}

/** Lets the page show its status before work that blocks it. */
export function yieldToPage(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
