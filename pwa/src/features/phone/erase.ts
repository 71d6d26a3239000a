/** Everything this site keeps on the phone goes: pages, settings, the app itself. */
import type { PhoneStore } from "../../db/contract";
import { openDesk } from "../../db/fieldwork-store";
import { drop as dropLetters } from "../../fieldwork/letter-draft";

/** How many forms would be lost: begun, or finished and not received. */
export async function unsent(): Promise<number> {
  const desk = openDesk();
  const [drafts, outbox] = await Promise.all([desk.drafts(), desk.outbox()]);
  return drafts.length + outbox.filter(({ state }) => state !== "received").length;
}

export async function forgetEverything(store: PhoneStore): Promise<void> {
  await store.forget();
  dropLetters();
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  location.assign("/?choose");
}
