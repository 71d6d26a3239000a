/** Opens what filling forms needs, once a page: the fieldwork store, the vault, the local time. */

import type { FieldworkStore } from "../db/fieldwork-contract";
import { openFieldworkStore } from "../db/fieldwork-store";
import type { PhoneStore } from "../db/store-contract";
import { correctedTime } from "../net/clock";
import { twoDigits } from "../protocol/conversions";
import type { FormTime } from "../protocol/form-state";
import { fetchSessionKey } from "./unlocked-key";
import { Vault } from "./vault";

export interface FieldSession {
  readonly store: PhoneStore;
  readonly fieldwork: FieldworkStore;
  readonly vault: Vault;
}

let session: Promise<FieldSession> | null = null;

/** Opens the session, with the PIN's key where the page before this one left it. */
export function openFieldSession(store: PhoneStore): Promise<FieldSession> {
  session ??= open(store);
  return session;
}

async function open(store: PhoneStore): Promise<FieldSession> {
  const fieldwork = openFieldworkStore();
  const vault = await Vault.open(fieldwork);
  const key = vault.hasPin ? await fetchSessionKey() : null;
  if (key) vault.adoptKey(key);
  return { store, fieldwork, vault };
}

/** Local day and time; by the server's clock where the phone's is days off. */
export async function localTime(store: PhoneStore): Promise<FormTime> {
  const date = new Date(correctedTime(Date.now(), await store.setting("ahead")));
  const today = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return { today, now: `${today}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}` };
}
