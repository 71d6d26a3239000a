/** The fieldwork store in IndexedDB. Promises are in `fieldwork-contract.ts`. */

import type { Encrypted } from "../crypto/local-encryption";
import type { PinLock } from "../crypto/pin";
import { Database, type StoreName, type WriteStore, rethrowStorageError } from "./database";
import type {
  BackgroundRequest,
  CarriedLine,
  Draft,
  DraftAttachment,
  FieldworkSettings,
  FieldworkStore,
  OutboxEntry,
} from "./fieldwork-contract";
import { StorageFull } from "./store-contract";

export function openFieldworkStore(): FieldworkStore {
  return new IndexedDbFieldworkStore();
}

class IndexedDbFieldworkStore implements FieldworkStore {
  private readonly database = new Database();

  async setting<Name extends keyof FieldworkSettings>(name: Name): Promise<FieldworkSettings[Name] | undefined> {
    return (await (await this.database.open()).get("desk", name)) as FieldworkSettings[Name] | undefined;
  }

  async saveSetting<Name extends keyof FieldworkSettings>(name: Name, value: FieldworkSettings[Name]): Promise<void> {
    await this.write(["desk"], (stores) => void stores("desk").put(value, name));
  }

  async dropSetting(name: keyof FieldworkSettings): Promise<void> {
    await this.write(["desk"], (stores) => void stores("desk").delete(name));
  }

  async drafts(): Promise<Draft[]> {
    return (await this.database.open()).getAll("drafts");
  }

  async draft(id: string): Promise<Draft | undefined> {
    return (await this.database.open()).get("drafts", id);
  }

  async saveDraft(draft: Draft, text?: string): Promise<void> {
    await this.write(["drafts", "forms"], (stores) => {
      void stores("drafts").put(draft, draft.id);
      if (text !== undefined) void stores("forms").put(text, draft.version);
    });
  }

  async dropDraft(id: string): Promise<void> {
    await this.write(["drafts", "draftFiles"], (stores) => {
      void stores("drafts").delete(id);
      void stores("draftFiles").delete(keysUnder(id));
    });
    await this.sweepForms();
  }

  async formText(version: string): Promise<string | undefined> {
    return (await this.database.open()).get("forms", version);
  }

  async keepForm(form: string, version: string, text: string): Promise<void> {
    const kept = { ...(await this.setting("keptForms")), [form]: version };
    await this.write(["forms", "desk"], (stores) => {
      void stores("forms").put(text, version);
      void stores("desk").put(kept, "keptForms");
    });
    await this.sweepForms();
  }

  async saveFile(draft: string, key: string, file: DraftAttachment): Promise<void> {
    await this.write(["draftFiles"], (stores) => void stores("draftFiles").put(file, `${draft}/${key}`));
  }

  async file(draft: string, key: string): Promise<DraftAttachment | undefined> {
    return (await this.database.open()).get("draftFiles", `${draft}/${key}`);
  }

  async dropFile(draft: string, key: string): Promise<void> {
    await this.write(["draftFiles"], (stores) => void stores("draftFiles").delete(`${draft}/${key}`));
  }

  async filesOf(draft: string): Promise<Map<string, DraftAttachment>> {
    const files = (await this.database.open()).transaction("draftFiles").store;
    const [keys, values] = await Promise.all([files.getAllKeys(keysUnder(draft)), files.getAll(keysUnder(draft))]);
    return new Map(keys.map((key, index) => [key.slice(draft.length + 1), values[index] as DraftAttachment]));
  }

  async relock(
    drafts: readonly Draft[],
    files: ReadonlyMap<string, DraftAttachment>,
    pin: PinLock | null,
  ): Promise<void> {
    await this.write(["drafts", "draftFiles", "desk"], (stores) => {
      for (const draft of drafts) void stores("drafts").put(draft, draft.id);
      for (const [key, file] of files) void stores("draftFiles").put(file, key);
      if (pin) void stores("desk").put(pin, "pin");
      else void stores("desk").delete("pin");
    });
  }

  async moveToOutbox(entry: OutboxEntry, files: readonly Encrypted[], draft?: string): Promise<void> {
    await this.write(["outbox", "outboxFiles", "drafts", "draftFiles"], (stores) => {
      void stores("outbox").put(entry, entry.id);
      files.forEach((file, index) => void stores("outboxFiles").put(file, `${entry.id}/${index}`));
      if (draft === undefined) return;
      void stores("drafts").delete(draft);
      void stores("draftFiles").delete(keysUnder(draft));
    });
    if (draft !== undefined) await this.sweepForms();
  }

  async outbox(): Promise<OutboxEntry[]> {
    return (await this.database.open()).getAll("outbox");
  }

  async outboxEntry(id: string): Promise<OutboxEntry | undefined> {
    return (await this.database.open()).get("outbox", id);
  }

  async outboxFile(id: string, index: number): Promise<Encrypted | undefined> {
    return (await this.database.open()).get("outboxFiles", `${id}/${index}`);
  }

  async markLeft(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const writing = (await this.database.open()).transaction("outbox", "readwrite", { durability: "strict" });
    const here = new Set<string>();
    for (const id of ids) {
      const entry = await writing.store.get(id);
      if (!entry || entry.state === "removed") continue;
      here.add(id);
      if (!entry.left) void writing.store.put({ ...entry, left: true }, id).catch(() => undefined);
    }
    await writing.done.catch(rethrowStorageError);
    return here;
  }

  async moveToDrafts(id: string, draft: Draft, files: ReadonlyMap<string, DraftAttachment>): Promise<boolean> {
    const names = ["outbox", "outboxFiles", "drafts", "draftFiles", "mail"] as const;
    const moving = (await this.database.open()).transaction(names, "readwrite", { durability: "strict" });
    const done = moving.done.catch(rethrowStorageError);
    const ignore = () => undefined;
    const entry = await moving.objectStore("outbox").get(id);
    const isHere = entry?.state === "waiting" && !entry.left;
    if (isHere) {
      moving.objectStore("mail").clear().catch(ignore);
      moving.objectStore("outbox").delete(id).catch(ignore);
      moving.objectStore("outboxFiles").delete(keysUnder(id)).catch(ignore);
      moving.objectStore("drafts").put(draft, draft.id).catch(ignore);
      for (const [key, file] of files) moving.objectStore("draftFiles").put(file, `${draft.id}/${key}`).catch(ignore);
    }
    await done;
    return isHere;
  }

  async changeEntry(id: string, change: (entry: OutboxEntry) => OutboxEntry): Promise<void> {
    const writing = (await this.database.open()).transaction("outbox", "readwrite", { durability: "strict" });
    const entry = await writing.store.get(id);
    await Promise.all([entry && writing.store.put(change(entry), id), writing.done]).catch(rethrowStorageError);
  }

  async markReceived(entry: OutboxEntry): Promise<void> {
    await this.write(["outbox", "outboxFiles"], (stores) => {
      void stores("outbox").put(entry, entry.id);
      void stores("outboxFiles").delete(keysUnder(entry.id));
    });
    await this.sweepForms();
  }

  async dropEntry(id: string): Promise<void> {
    await this.write(["outbox", "outboxFiles"], (stores) => {
      void stores("outbox").delete(id);
      void stores("outboxFiles").delete(keysUnder(id));
    });
    await this.sweepForms();
  }

  async saveCarried(lines: ReadonlyMap<string, CarriedLine>): Promise<void> {
    await this.write(["carried"], (stores) => {
      for (const [key, line] of lines) void stores("carried").put(line, key);
    });
  }

  async carried(): Promise<Map<string, CarriedLine>> {
    const lines = (await this.database.open()).transaction("carried").store;
    const [keys, values] = await Promise.all([lines.getAllKeys(), lines.getAll()]);
    return new Map(keys.map((key, index) => [key, values[index] as CarriedLine]));
  }

  async dropCarried(keys: readonly string[]): Promise<void> {
    await this.write(["carried"], (stores) => {
      for (const key of keys) void stores("carried").delete(key);
    });
  }

  async backgroundRequests(): Promise<BackgroundRequest[]> {
    return (await this.database.open()).getAll("mail");
  }

  async saveBackgroundRequests(requests: readonly BackgroundRequest[]): Promise<void> {
    await this.write(["mail"], (stores) => {
      void stores("mail").clear();
      requests.forEach((request, at) => void stores("mail").put(request, String(at).padStart(4, "0")));
    });
  }

  /**
   * Writes wait for the disk, because people's answers exist nowhere else. On a full disk the search's index gives way:
   * it is made again from the pages.
   */
  private async write<Names extends StoreName>(
    names: Names[],
    requests: (stores: <Name extends Names>(name: Name) => WriteStore<Name>) => void,
  ): Promise<void> {
    const attempt = () => this.database.write(names, requests, "strict");
    await attempt().catch(async (error: unknown) => {
      if (!(error instanceof StorageFull)) throw error;
      await this.database.dropSearch();
      await attempt();
    });
  }

  /** Drops texts of forms that no draft and no entry needs any more, and that are not kept. */
  private async sweepForms(): Promise<void> {
    const kept = Object.values((await this.setting("keptForms")) ?? {});
    const change = (await this.database.open()).transaction(["drafts", "outbox", "forms"], "readwrite");
    const [drafts, outbox] = [change.objectStore("drafts"), change.objectStore("outbox")];
    const needed = new Set<string | undefined>([...kept, ...(await drafts.getAll()).map(({ version }) => version)]);
    for (const { version, state } of await outbox.getAll()) if (state !== "received") needed.add(version);
    for (const version of await change.objectStore("forms").getAllKeys())
      if (!needed.has(version)) void change.objectStore("forms").delete(version);
    await change.done;
  }
}

/** Every key under an id. */
function keysUnder(id: string): IDBKeyRange {
  return IDBKeyRange.bound(`${id}/`, `${id}0`, false, true); // "0" follows "/"
}
