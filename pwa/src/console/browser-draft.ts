/**
 * One unsaved text: read, kept and forgotten in this browser, under a key that only sessions of its account are given.
 * Each page keeps its own; what a page left that is no more, the next page for the same text takes over.
 */
import { digestBytes, encodeUtf8, randomText } from "../crypto/bytes";
import { decryptText, encryptText, importTextKey } from "../crypto/local-encryption";
import { BrowserDraftStore } from "../db/browser-drafts";
import { base64urlDecode } from "../protocol/canonical";
import type { Fields } from "./form-fields";

/** `base`: the fields as the server gave them when they were typed over. */
export interface UnsavedText {
  readonly base: Fields;
  readonly fields: Fields;
}

/** The texts of one page: that in its form, and others that its person has not chosen about yet. */
type KeptPage = readonly UnsavedText[];

export class BrowserDraft {
  private readonly own: string;
  private readonly taken: string[] = [];

  private constructor(
    private readonly store: BrowserDraftStore,
    private readonly key: CryptoKey,
    private readonly name: string,
  ) {
    this.own = `${name}:${randomText(9)}`;
    void navigator.locks?.request(this.own, () => new Promise(() => undefined)); // held as long as the page lives
  }

  /** `id`: of the text. Null where the browser keeps nothing, as over plain http. */
  static async open(id: string, accountKey: string, now: number): Promise<BrowserDraft | null> {
    const bytes = base64urlDecode(accountKey);
    if (!bytes || !window.isSecureContext) return null;
    try {
      const [store, key, name] = await Promise.all([
        BrowserDraftStore.open(now),
        importTextKey(bytes),
        digestBytes(encodeUtf8(`${accountKey} ${id}`)),
      ]);
      return new BrowserDraft(store, key, name);
    } catch {
      return null;
    }
  }

  /** The texts that pages left which are no more, the newest first. The next write takes them over. */
  async read(): Promise<readonly UnsavedText[]> {
    const texts: UnsavedText[] = [];
    for (const [key, record] of await this.store.list(`${this.name}:`)) {
      if (key === this.own || (await isAlive(key))) continue;
      const text = await decryptText(this.key, record);
      if (text) texts.push(...(JSON.parse(text) as KeptPage));
      this.taken.push(key);
    }
    return texts;
  }

  /** Keeps these texts, the form's first; forgets what was kept if there are none. */
  async keep(texts: readonly UnsavedText[], now: number): Promise<void> {
    if (texts.length)
      await this.store.put(this.own, { ...(await encryptText(this.key, JSON.stringify(texts))), when: now });
    else await this.store.delete(this.own);
    for (const key of this.taken.splice(0)) await this.store.delete(key);
  }
}

/** True if the page that keeps this text is still there; browsers without locks cannot tell, and call it gone. */
async function isAlive(key: string): Promise<boolean> {
  if (!navigator.locks) return false;
  return navigator.locks.request(key, { ifAvailable: true }, (lock) => lock === null);
}
