/**
 * One unsaved text: read, kept and forgotten in this browser, under a key that only sessions of its account are given.
 * Each page keeps its own; what a page left that is no more, the next page for the same text takes over.
 */
import { digestBytes, encodeUtf8, randomText } from "../crypto/bytes";
import { decryptText, encryptText, importTextKey } from "../crypto/local-encryption";
import { BrowserDraftStore } from "../db/browser-drafts";
import type { EncryptedDraft } from "../db/console-database";
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
  private readonly living: string[] = []; // keys of other pages that are still there

  private constructor(
    private store: BrowserDraftStore,
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
      if (key === this.own) continue;
      if (await isAlive(key)) this.living.push(key);
      else texts.push(...(await this.takeOver(key, record)));
    }
    return texts;
  }

  /**
   * Hands over what pages leave that `read` found still there, once they are no more: a tab that was just closed, or
   * one that lies behind this. `take` resolves when the texts are kept under this page's name.
   */
  awaitOthers(take: (texts: readonly UnsavedText[]) => Promise<void>): void {
    for (const key of this.living.splice(0))
      void navigator.locks.request(key, async () => {
        const [found] = await this.store.list(key);
        const texts = found ? await this.takeOver(...found) : [];
        if (texts.length) await take(texts);
      });
  }

  /** Keeps these texts, the form's first; forgets what was kept if there are none. Throws where the browser keeps nothing. */
  async keep(texts: readonly UnsavedText[], now: number): Promise<void> {
    try {
      await this.write(texts, now);
    } catch {
      this.store = await BrowserDraftStore.open(now); // browsers close a database when they like
      await this.write(texts, now);
    }
  }

  private async write(texts: readonly UnsavedText[], now: number): Promise<void> {
    if (texts.length)
      await this.store.put(this.own, { ...(await encryptText(this.key, JSON.stringify(texts))), when: now });
    else await this.store.delete(this.own);
    while (this.taken[0]) {
      await this.store.delete(this.taken[0]);
      this.taken.shift();
    }
  }

  private async takeOver(key: string, record: EncryptedDraft): Promise<KeptPage> {
    const text = await decryptText(this.key, record);
    this.taken.push(key);
    return text ? (JSON.parse(text) as KeptPage) : [];
  }
}

/** True if the page that keeps this text is still there; browsers without locks cannot tell, and call it gone. */
async function isAlive(key: string): Promise<boolean> {
  if (!navigator.locks) return false;
  return navigator.locks.request(key, { ifAvailable: true }, (lock) => lock === null);
}
