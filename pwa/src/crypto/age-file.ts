/** Files locked with a passphrase, in the age format, which the command line and the `age` program open too. */
import { Decrypter, Encrypter, armor } from "age-encryption";

const HEADER = "-----BEGIN AGE ENCRYPTED FILE-----";
/** scrypt's cost: 64 MB of memory and a second, which a phone's browser still affords. */
const WORK = 16;

export async function encryptWithPassphrase(text: string, passphrase: string): Promise<string> {
  const box = new Encrypter();
  box.setScryptWorkFactor(WORK);
  box.setPassphrase(passphrase);
  return armor.encode(await box.encrypt(text));
}

export function isPassphraseFile(file: string): boolean {
  return file.trimStart().startsWith(HEADER);
}

/** The decrypted text, or null for a wrong passphrase. */
export async function decryptWithPassphrase(file: string, passphrase: string): Promise<string | null> {
  const box = new Decrypter();
  box.addPassphrase(passphrase);
  return box.decrypt(armor.decode(file.trim()), "text").catch(() => null);
}
