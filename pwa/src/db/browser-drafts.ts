/** Unsaved texts of the console, encrypted, in a database apart from the phone's. A record's key tells nothing. */
import { type ConsoleDatabase, type EncryptedDraft, openConsoleDatabase } from "./console-database";

export class BrowserDraftStore {
  private constructor(private readonly database: ConsoleDatabase) {}

  static async open(now: number): Promise<BrowserDraftStore> {
    return new BrowserDraftStore(await openConsoleDatabase(now));
  }

  /** The texts whose keys begin so, the newest first. */
  async list(prefix: string): Promise<(readonly [key: string, text: EncryptedDraft])[]> {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const [keys, texts] = await Promise.all([
      this.database.getAllKeys("texts", range),
      this.database.getAll("texts", range),
    ]);
    const both = keys.flatMap((key, index) => (texts[index] ? [[key, texts[index]] as const] : []));
    return both.sort(([, one], [, other]) => other.when - one.when);
  }

  async put(key: string, text: EncryptedDraft): Promise<void> {
    await this.database.put("texts", text, key);
  }

  async delete(key: string): Promise<void> {
    await this.database.delete("texts", key);
  }
}
