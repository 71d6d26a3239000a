/** Erases everything this site keeps on the phone: pages, settings, forms, the app itself. */

import { openFieldworkStore } from "../../db/fieldwork-store";
import type { PhoneStore } from "../../db/store-contract";
import { dropLetterDraft as dropLetters } from "../../fieldwork/letter-draft";
import { forgetLook } from "../../ui/look";

/** Number of forms that would be lost: begun, or finished and not received. */
export async function countUnsent(): Promise<number> {
  const fieldwork = openFieldworkStore();
  const [drafts, outbox] = await Promise.all([fieldwork.drafts(), fieldwork.outbox()]);
  return drafts.length + outbox.filter(({ state }) => state !== "received").length;
}

export async function eraseEverything(store: PhoneStore): Promise<void> {
  dropLetters();
  forgetLook();
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  await store.eraseAll(); // other tabs leave now, and this one does: without a worker, and with nothing to write to
  location.assign("/?choose");
}
