/**
 * Holds the keys that encrypt forms: the phone's own, always available, and the PIN's, available while unlocked. The
 * service worker passes the PIN's key to the next page (`unlocked-key.ts`); it is never written to disk.
 */

import { type Encrypted, decrypt, encrypt, generatePhoneKey } from "../crypto/local-encryption";
import { type PinLock, createPinLock, unlockPinLock } from "../crypto/pin";
import type { Draft, DraftAttachment, FieldworkStore, LockKind } from "../db/fieldwork-contract";

/** Seconds to wait after so many wrong PINs in a row; then the last one. */
const DELAYS = [0, 0, 0, 5, 15, 60, 300, 900, 3600];

export type UnlockOutcome =
  | { readonly kind: "open" }
  | { readonly kind: "wrong"; readonly wait: number }
  | { readonly kind: "wait"; readonly wait: number };

export class Vault {
  private pinKey: CryptoKey | null = null;
  private pinLock: PinLock | undefined;

  private constructor(
    private readonly fieldwork: FieldworkStore,
    private readonly phoneKey: CryptoKey,
    private readonly clock: () => number,
  ) {}

  static async open(fieldwork: FieldworkStore, clock: () => number = Date.now): Promise<Vault> {
    const vault = new Vault(fieldwork, await ensurePhoneKey(fieldwork), clock);
    vault.pinLock = await fieldwork.setting("pin");
    return vault;
  }

  get hasPin(): boolean {
    return this.pinLock !== undefined;
  }

  /** True if the PIN is known to be long enough for a complaint case. */
  get hasLongPin(): boolean {
    return this.pinLock?.long === true;
  }

  /** True if drafts can be read and written now. */
  get isOpen(): boolean {
    return !this.hasPin || this.pinKey !== null;
  }

  /** The PIN's key, to be passed to the next page. */
  get key(): CryptoKey | null {
    return this.pinKey;
  }

  /** Adopts a key that another page unlocked. */
  adoptKey(key: CryptoKey): void {
    if (this.hasPin) this.pinKey = key;
  }

  async unlock(pin: string): Promise<UnlockOutcome> {
    const failures = (await this.fieldwork.setting("wrong")) ?? { count: 0, until: 0 };
    // A clock that was set back must not shut the phone for years.
    const wait = Math.min(failures.until - this.clock(), (DELAYS[DELAYS.length - 1] as number) * 1000);
    if (wait > 0) return { kind: "wait", wait };
    const lock = this.pinLock;
    const count = failures.count + 1;
    const delay = (DELAYS[Math.min(count, DELAYS.length - 1)] as number) * 1000;
    await this.fieldwork.saveSetting("wrong", { count, until: this.clock() + delay }); // before trying: closing the page is no way round
    const key = lock && (await unlockPinLock(lock, pin));
    if (!key) return { kind: "wrong", wait: delay };
    await this.fieldwork.dropSetting("wrong");
    this.pinKey = key;
    return { kind: "open" };
  }

  lock(): void {
    this.pinKey = null;
  }

  /**
   * Sets, changes or (null) takes away the PIN: every draft goes over to the new lock in one write. Only while open.
   */
  async changePin(pin: string | null): Promise<void> {
    if (!this.isOpen) throw new Error("locked");
    const pinLock = pin === null ? null : await createPinLock(pin, () => performance.now());
    const key = pinLock?.key ?? this.phoneKey;
    const lock: LockKind = pinLock ? "pin" : "phone";
    const reencrypt = async (item: {
      lock: LockKind;
      shut: Encrypted;
    }): Promise<{ lock: LockKind; shut: Encrypted }> => {
      const bytes = await decrypt(this.keyFor(item.lock), item.shut);
      if (!bytes) throw new Error("a draft does not open");
      return { lock, shut: await encrypt(key, bytes) };
    };
    const drafts: Draft[] = [];
    const files = new Map<string, DraftAttachment>();
    for (const draft of await this.fieldwork.drafts()) {
      drafts.push({ ...draft, ...(await reencrypt(draft)) });
      for (const [name, file] of await this.fieldwork.filesOf(draft.id))
        files.set(`${draft.id}/${name}`, { ...file, ...(await reencrypt(file)) });
    }
    await this.fieldwork.relock(drafts, files, pinLock?.lock ?? null);
    this.pinLock = pinLock?.lock;
    this.pinKey = pinLock?.key ?? null;
  }

  /** Removes a forgotten PIN; the drafts that it locked are lost. */
  async resetPin(): Promise<void> {
    for (const draft of await this.fieldwork.drafts())
      if (draft.lock === "pin") await this.fieldwork.dropDraft(draft.id);
    await this.fieldwork.relock([], new Map(), null);
    await this.fieldwork.dropSetting("wrong");
    this.pinLock = undefined;
    this.pinKey = null;
  }

  /** Encrypts a draft's bytes, under the PIN where there is one. */
  async encryptDraft(bytes: BufferSource): Promise<{ lock: LockKind; shut: Encrypted }> {
    const lock: LockKind = this.hasPin ? "pin" : "phone";
    return { lock, shut: await encrypt(this.keyFor(lock), bytes) };
  }

  async decryptDraft({ lock, shut }: { lock: LockKind; shut: Encrypted }): Promise<ArrayBuffer | null> {
    return decrypt(this.keyFor(lock), shut);
  }

  private keyFor(lock: LockKind): CryptoKey {
    const key = lock === "pin" ? this.pinKey : this.phoneKey;
    if (!key) throw new Error("locked");
    return key;
  }
}

/** The phone's own key, generated at first use. It encrypts the outbox, which is sent without unlocking. */
export async function ensurePhoneKey(fieldwork: FieldworkStore): Promise<CryptoKey> {
  const key = await fieldwork.setting("phoneKey");
  if (key) return key;
  const newKey = await generatePhoneKey();
  await fieldwork.saveSetting("phoneKey", newKey);
  return newKey;
}
