/**
 * The keys of what is kept here: the phone's own, always open, and the PIN's, open while someone is at work. Whoever unlocks on one page
 * finds the next one open: the service worker holds the key in memory, and only for a few minutes. Nothing of it is ever written.
 */

import { type Shut, newPhoneKey, open, shut } from "../crypto/encrypt";
import { type PinLock, newPinLock, openPinLock } from "../crypto/pin";
import type { DeskStore, Draft, DraftFile, Lock } from "../db/fieldwork-contract";

/** Seconds to wait after so many wrong PINs in a row; then the last one. */
const DELAYS = [0, 0, 0, 5, 15, 60, 300, 900, 3600];

export type Unlocked =
  | { readonly kind: "open" }
  | { readonly kind: "wrong"; readonly wait: number }
  | { readonly kind: "wait"; readonly wait: number };

export class Vault {
  private pinKey: CryptoKey | null = null;
  private pinLock: PinLock | undefined;

  private constructor(
    private readonly desk: DeskStore,
    private readonly phoneKey: CryptoKey,
    private readonly clock: () => number,
  ) {}

  static async open(desk: DeskStore, clock: () => number = Date.now): Promise<Vault> {
    const vault = new Vault(desk, await phoneKeyOf(desk), clock);
    vault.pinLock = await desk.setting("pin");
    return vault;
  }

  get hasPin(): boolean {
    return this.pinLock !== undefined;
  }

  /** Whether drafts may be read and written now. */
  get isOpen(): boolean {
    return !this.hasPin || this.pinKey !== null;
  }

  /** The PIN's key, for whoever holds it until the next page. */
  get key(): CryptoKey | null {
    return this.pinKey;
  }

  /** Takes a key that another page opened. */
  take(key: CryptoKey): void {
    if (this.hasPin) this.pinKey = key;
  }

  async unlock(pin: string): Promise<Unlocked> {
    const wrong = (await this.desk.setting("wrong")) ?? { count: 0, until: 0 };
    // A clock that was set back must not shut the phone for years.
    const wait = Math.min(wrong.until - this.clock(), (DELAYS[DELAYS.length - 1] as number) * 1000);
    if (wait > 0) return { kind: "wait", wait };
    const lock = this.pinLock;
    const count = wrong.count + 1;
    const delay = (DELAYS[Math.min(count, DELAYS.length - 1)] as number) * 1000;
    await this.desk.remember("wrong", { count, until: this.clock() + delay }); // before trying: closing the page is no way round
    const key = lock && (await openPinLock(lock, pin));
    if (!key) return { kind: "wrong", wait: delay };
    await this.desk.drop("wrong");
    this.pinKey = key;
    return { kind: "open" };
  }

  lock(): void {
    this.pinKey = null;
  }

  /** Sets, changes or (null) takes away the PIN: every draft goes over to the new lock in one write. Only while open. */
  async change(pin: string | null): Promise<void> {
    if (!this.isOpen) throw new Error("locked");
    const made = pin === null ? null : await newPinLock(pin, () => performance.now());
    const key = made?.key ?? this.phoneKey;
    const lock: Lock = made ? "pin" : "phone";
    const again = async (old: { lock: Lock; shut: Shut }): Promise<{ lock: Lock; shut: Shut }> => {
      const bytes = await open(this.keyOf(old.lock), old.shut);
      if (!bytes) throw new Error("a draft does not open");
      return { lock, shut: await shut(key, bytes) };
    };
    const drafts: Draft[] = [];
    const files = new Map<string, DraftFile>();
    for (const draft of await this.desk.drafts()) {
      drafts.push({ ...draft, ...(await again(draft)) });
      for (const [name, file] of await this.desk.filesOf(draft.id))
        files.set(`${draft.id}/${name}`, { ...file, ...(await again(file)) });
    }
    await this.desk.relock(drafts, files, made?.lock ?? null);
    this.pinLock = made?.lock;
    this.pinKey = made?.key ?? null;
  }

  /** A forgotten PIN: what it locked is lost, and said so before. */
  async forgetLocked(): Promise<void> {
    for (const draft of await this.desk.drafts()) if (draft.lock === "pin") await this.desk.dropDraft(draft.id);
    await this.desk.relock([], new Map(), null);
    await this.desk.drop("wrong");
    this.pinLock = undefined;
    this.pinKey = null;
  }

  /** For drafts: under the PIN where there is one. */
  async shutDraft(bytes: BufferSource): Promise<{ lock: Lock; shut: Shut }> {
    const lock: Lock = this.hasPin ? "pin" : "phone";
    return { lock, shut: await shut(this.keyOf(lock), bytes) };
  }

  async openDraft({ lock, shut }: { lock: Lock; shut: Shut }): Promise<ArrayBuffer | null> {
    return open(this.keyOf(lock), shut);
  }

  private keyOf(lock: Lock): CryptoKey {
    const key = lock === "pin" ? this.pinKey : this.phoneKey;
    if (!key) throw new Error("locked");
    return key;
  }
}

/** The phone's own key, made when first asked for. What waits to be sent is shut under it, so that it can be sent while nobody is there. */
export async function phoneKeyOf(desk: DeskStore): Promise<CryptoKey> {
  const held = await desk.setting("phoneKey");
  if (held) return held;
  const made = await newPhoneKey();
  await desk.remember("phoneKey", made);
  return made;
}
