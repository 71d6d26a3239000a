/** Where forms are filled: the desk, its keys, and the time by the person's calendar. Opened once a page. */
import type { PhoneStore } from "../db/contract";
import type { DeskStore } from "../db/fieldwork-contract";
import { openDesk } from "../db/fieldwork-store";
import { trueTime } from "../net/clock";
import { two } from "../protocol/conversions";
import type { Today } from "../protocol/form-state";
import { heldKey } from "./pin-session";
import { Vault } from "./vault";

export interface Workplace {
  readonly store: PhoneStore;
  readonly desk: DeskStore;
  readonly vault: Vault;
}

let opened: Promise<Workplace> | null = null;

/** With the PIN's key, where a page before this one opened it a moment ago. */
export function openWorkplace(store: PhoneStore): Promise<Workplace> {
  opened ??= open(store);
  return opened;
}

async function open(store: PhoneStore): Promise<Workplace> {
  const desk = openDesk();
  const vault = await Vault.open(desk);
  const key = vault.hasPin ? await heldKey() : null;
  if (key) vault.take(key);
  return { store, desk, vault };
}

/** Day and hour where the person is; by the server's clock where the phone's is days off. */
export async function timeHere(store: PhoneStore): Promise<Today> {
  const date = new Date(trueTime(Date.now(), await store.setting("ahead")));
  const today = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return { today, now: `${today}T${two(date.getHours())}:${two(date.getMinutes())}` };
}
