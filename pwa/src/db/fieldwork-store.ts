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
  }

  async dropEntry(id: string): Promise<void> {
    await this.write(["outbox", "outboxFiles"], (stores) => {
      void stores("outbox").delete(id);
      void stores("outboxFiles").delete(keysUnder(id));
    });
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

  /** Writes wait for the disk, because people's answers exist nowhere else. */
  private write<Names extends StoreName>(
    names: Names[],
    requests: (stores: <Name extends Names>(name: Name) => WriteStore<Name>) => void,
  ): Promise<void> {
    return this.database.write(names, requests, "strict");
  }

  /** Drops texts of forms that no draft needs any more. */
  private async sweepForms(): Promise<void> {
    const change = (await this.database.open()).transaction(["drafts", "forms"], "readwrite");
    const needed = new Set((await change.objectStore("drafts").getAll()).map(({ version }) => version));
    for (const version of await change.objectStore("forms").getAllKeys())
      if (!needed.has(version)) void change.objectStore("forms").delete(version);
    await change.done;
  }
}

/** Every key under an id. */
function keysUnder(id: string): IDBKeyRange {
  return IDBKeyRange.bound(`${id}/`, `${id}0`, false, true); // "0" follows "/"
}
