/**
 * Reminders on this phone: a line on the home page, and where the browser allows it a notification when it wakes the
 * app. Neither tells what it is about. What stays readable beside a case are their times alone.
 */
import type { PhoneStore, Reminder } from "../../db/store-contract";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** A button that asks for a reminder of the case `id`, then says what this phone will do. `day`: YYYY-MM-DD. */
export function phoneReminder(store: PhoneStore, id: string, day: string): HTMLElement {
  const host = element("p", { role: "status" });
  const at = new Date(`${day}T08:00:00`).getTime();
  const ask = async (): Promise<void> => {
    await store.changeSetting("reminders", (kept = []) => [
      ...kept.filter((other) => other.id !== id || other.at !== at),
      { id, at },
    ]);
    const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
    const notification =
      answer === "granted"
        ? t("Une notification sans détail peut venir aussi, si le téléphone réveille l’application.")
        : t("Ce téléphone ne montre pas les notifications de ce site.");
    fill(
      host,
      [
        t("Dès ce jour, la page d’accueil dira « Continuer : Rappel », et rien d’autre."),
        notification,
        t("Le calendrier est plus sûr."),
      ].join(" "),
    );
  };
  const full = () => void fill(host, t("Ce téléphone n’a plus de place. Rien n’est perdu de ce qui était gardé."));
  fill(
    host,
    button(t("Me le rappeler sur ce téléphone"), () => void ask().catch(full), { class: "quiet" }),
  );
  return host;
}

/** Ends the reminders of a case whose day has come. */
export async function endDueReminders(store: PhoneStore, id: string): Promise<void> {
  await keepReminders(store, (reminder) => reminder.id !== id || reminder.at > Date.now());
}

/** Forgets the reminders of a case, or of all, whenever they were to come. */
export async function forgetReminders(store: PhoneStore, id?: string): Promise<void> {
  await keepReminders(store, (reminder) => id !== undefined && reminder.id !== id);
}

/** Keeps these alone. Nothing is written where all are: a case that nothing keeps leaves no trace here. */
async function keepReminders(store: PhoneStore, isKept: (reminder: Reminder) => boolean): Promise<void> {
  if (!((await store.setting("reminders")) ?? []).every(isKept))
    await store.changeSetting("reminders", (kept = []) => kept.filter(isKept));
}
