/**
 * Links to what the reader began, on the home page: the guide that they heard, forms that are not finished, and a
 * reminder where the day of one has come. Forms behind a PIN and what it is about are not named.
 */
import { openFieldworkStore } from "../../db/fieldwork-store";
import type { PhoneStore } from "../../db/store-contract";
import { currentLocation } from "../../ui/current-page";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

export async function showBegun(host: Element, store: PhoneStore): Promise<void> {
  const { page } = currentLocation();
  if (!page || !store.isLasting) return;
  const [heard, reminders, drafts] = await Promise.all([
    store.setting("begun"),
    store.setting("reminders"),
    openFieldworkStore().drafts(),
  ]);
  const forms = drafts.filter(({ form, lock, removed }) => form !== "" && lock === "phone" && !removed);
  const begun = new Map<string, string>();
  for (const { form, id, title } of forms) {
    const path = `forms/${form}`;
    begun.set((await store.page(page.channel, path)) ? path : `${path}#draft=${id}`, title); // the form was withdrawn
  }
  if (heard?.channel === page.channel) begun.set(heard.path, heard.title);
  if (reminders?.some(({ at }) => at <= Date.now())) begun.set("complaints/case", t("Rappel"));
  for (const [path, title] of begun)
    host.append(element("p", {}, element("a", { class: "go", href: path }, t("Continuer : {title}", { title }))));
}
