/** Everything this site keeps on the phone goes: pages, settings, the app itself. */
import type { PhoneStore } from "../../db/contract";

export async function forgetEverything(store: PhoneStore): Promise<void> {
  await store.forget();
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  location.assign("/?choose");
}
