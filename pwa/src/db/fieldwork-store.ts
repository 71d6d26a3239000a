/** The forms' store in IndexedDB. Promises are in `fieldwork-contract.ts`. */

import type { Shut } from "../crypto/encrypt";
import type { PinLock } from "../crypto/pin";
import { Database, type StoreName, type WriteStore, asStorageFull } from "./database";
import type { Carried, DeskSettings, DeskStore, Draft, DraftFile, Mail, Sent } from "./fieldwork-contract";

export function openDesk(): DeskStore {
  return new IndexedDesk();
}

class IndexedDesk implements DeskStore {
  private readonly database = new Database();

  async setting<Name extends keyof DeskSettings>(name: Name): Promise<DeskSettings[Name] | undefined> {
    return (await (await this.database.open()).get("desk", name)) as DeskSettings[Name] | undefined;
  }

  async remember<Name extends keyof DeskSettings>(name: Name, value: DeskSettings[Name]): Promise<void> {
    await this.write(["desk"], (stores) => void stores("desk").put(value, name));
  }

  async drop(name: keyof DeskSettings): Promise<void> {
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
      void stores("draftFiles").delete(within(id));
    });
    await this.sweepForms();
  }

  async formText(version: string): Promise<string | undefined> {
    return (await this.database.open()).get("forms", version);
  }

  async saveFile(draft: string, key: string, file: DraftFile): Promise<void> {
    await this.write(["draftFiles"], (stores) => void stores("draftFiles").put(file, `${draft}/${key}`));
  }

  async file(draft: string, key: string): Promise<DraftFile | undefined> {
    return (await this.database.open()).get("draftFiles", `${draft}/${key}`);
  }

  async dropFile(draft: string, key: string): Promise<void> {
    await this.write(["draftFiles"], (stores) => void stores("draftFiles").delete(`${draft}/${key}`));
  }

  async filesOf(draft: string): Promise<Map<string, DraftFile>> {
    const files = (await this.database.open()).transaction("draftFiles").store;
    const [keys, values] = await Promise.all([files.getAllKeys(within(draft)), files.getAll(within(draft))]);
    return new Map(keys.map((key, index) => [key.slice(draft.length + 1), values[index] as DraftFile]));
  }

  async relock(drafts: readonly Draft[], files: ReadonlyMap<string, DraftFile>, pin: PinLock | null): Promise<void> {
    await this.write(["drafts", "draftFiles", "desk"], (stores) => {
      for (const draft of drafts) void stores("drafts").put(draft, draft.id);
      for (const [key, file] of files) void stores("draftFiles").put(file, key);
      if (pin) void stores("desk").put(pin, "pin");
      else void stores("desk").delete("pin");
    });
  }

  async send(sent: Sent, files: readonly Shut[], draft?: string): Promise<void> {
    await this.write(["outbox", "outboxFiles", "drafts", "draftFiles"], (stores) => {
      void stores("outbox").put(sent, sent.id);
      files.forEach((file, index) => void stores("outboxFiles").put(file, `${sent.id}/${index}`));
      if (draft === undefined) return;
      void stores("drafts").delete(draft);
      void stores("draftFiles").delete(within(draft));
    });
    if (draft !== undefined) await this.sweepForms();
  }

  async outbox(): Promise<Sent[]> {
    return (await this.database.open()).getAll("outbox");
  }

  async sent(id: string): Promise<Sent | undefined> {
    return (await this.database.open()).get("outbox", id);
  }

  async sentFile(id: string, index: number): Promise<Shut | undefined> {
    return (await this.database.open()).get("outboxFiles", `${id}/${index}`);
  }

  async changeSent(id: string, change: (sent: Sent) => Sent): Promise<void> {
    const writing = (await this.database.open()).transaction("outbox", "readwrite", { durability: "strict" });
    const old = await writing.store.get(id);
    await Promise.all([old && writing.store.put(change(old), id), writing.done]).catch(asStorageFull);
  }

  async settle(sent: Sent): Promise<void> {
    await this.write(["outbox", "outboxFiles"], (stores) => {
      void stores("outbox").put(sent, sent.id);
      void stores("outboxFiles").delete(within(sent.id));
    });
  }

  async dropSent(id: string): Promise<void> {
    await this.write(["outbox", "outboxFiles"], (stores) => {
      void stores("outbox").delete(id);
      void stores("outboxFiles").delete(within(id));
    });
  }

  async carry(lines: ReadonlyMap<string, Carried>): Promise<void> {
    await this.write(["carried"], (stores) => {
      for (const [key, line] of lines) void stores("carried").put(line, key);
    });
  }

  async carried(): Promise<Map<string, Carried>> {
    const lines = (await this.database.open()).transaction("carried").store;
    const [keys, values] = await Promise.all([lines.getAllKeys(), lines.getAll()]);
    return new Map(keys.map((key, index) => [key, values[index] as Carried]));
  }

  async dropCarried(keys: readonly string[]): Promise<void> {
    await this.write(["carried"], (stores) => {
      for (const key of keys) void stores("carried").delete(key);
    });
  }

  async mail(): Promise<Mail[]> {
    return (await this.database.open()).getAll("mail");
  }

  async keepMail(mail: readonly Mail[]): Promise<void> {
    await this.write(["mail"], (stores) => {
      void stores("mail").clear();
      mail.forEach((each, at) => void stores("mail").put(each, String(at).padStart(4, "0")));
    });
  }

  /** What people wrote is nowhere else: each write waits for the disk. */
  private write<Names extends StoreName>(
    names: Names[],
    requests: (stores: <Name extends Names>(name: Name) => WriteStore<Name>) => void,
  ): Promise<void> {
    return this.database.write(names, requests, "strict");
  }

  /** Texts of forms that no draft needs any more. */
  private async sweepForms(): Promise<void> {
    const change = (await this.database.open()).transaction(["drafts", "forms"], "readwrite");
    const needed = new Set((await change.objectStore("drafts").getAll()).map(({ version }) => version));
    for (const version of await change.objectStore("forms").getAllKeys())
      if (!needed.has(version)) void change.objectStore("forms").delete(version);
    await change.done;
  }
}

/** Every key under an id. */
function within(id: string): IDBKeyRange {
  return IDBKeyRange.bound(`${id}/`, `${id}0`, false, true); // "0" follows "/"
}
