/** Passages of a voice that this browser keeps, encrypted, until the server has the whole guide. */
import { type ConsoleDatabase, type EncryptedPassage, openConsoleDatabase } from "./console-database";

export class VoicePassageStore {
  private constructor(private readonly database: ConsoleDatabase) {}

  static async open(now: number): Promise<VoicePassageStore> {
    return new VoicePassageStore(await openConsoleDatabase(now));
  }

  async get(key: string): Promise<EncryptedPassage | undefined> {
    return this.database.get("passages", key);
  }

  async put(key: string, passage: EncryptedPassage): Promise<void> {
    await this.database.put("passages", passage, key);
  }

  async delete(key: string): Promise<void> {
    await this.database.delete("passages", key);
  }
}
