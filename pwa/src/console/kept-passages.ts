/** The spoken passages of one language, by guide and number, under a key that only sessions of the account are given. */
import { digestBytes, encodeUtf8 } from "../crypto/bytes";
import { decrypt, encrypt, importTextKey } from "../crypto/local-encryption";
import { VoicePassageStore } from "../db/voice-passages";
import { base64urlDecode } from "../protocol/canonical";

export class KeptPassages {
  private constructor(
    private readonly store: VoicePassageStore,
    private readonly key: CryptoKey,
    private readonly name: string,
  ) {}

  /** Null where the browser keeps nothing, as over plain http. */
  static async open(lang: string, accountKey: string, now: number): Promise<KeptPassages | null> {
    const bytes = base64urlDecode(accountKey);
    if (!bytes || !window.isSecureContext) return null;
    try {
      const [store, key, name] = await Promise.all([
        VoicePassageStore.open(now),
        importTextKey(bytes),
        digestBytes(encodeUtf8(`${accountKey} voice ${lang}`)),
      ]);
      return new KeptPassages(store, key, name);
    } catch {
      return null;
    }
  }

  /** The sound of a passage, null for one that is not spoken yet, or that cannot be read. `script`: the digest of the words that were read. */
  async read(script: string, number: number): Promise<Blob | null> {
    const kept = await this.store.get(this.address(script, number)).catch(() => undefined);
    const bytes = kept && (await decrypt(this.key, kept));
    return bytes ? new Blob([bytes], { type: kept?.type ?? "" }) : null;
  }

  async keep(script: string, number: number, sound: Blob, now: number): Promise<void> {
    const encrypted = await encrypt(this.key, await new Response(sound).arrayBuffer());
    await this.store.put(this.address(script, number), { ...encrypted, type: sound.type, when: now });
  }

  async forget(script: string, count: number): Promise<void> {
    for (let number = 0; number < count; number++) await this.store.delete(this.address(script, number));
  }

  private address(script: string, number: number): string {
    return `${this.name}:${script}:${number}`;
  }
}
