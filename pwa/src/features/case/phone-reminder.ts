/**
 * A reminder on this phone: a line on the home page, and where the browser allows it a notification when it wakes the
 * app. Neither tells what it is about. What stays readable beside the case is the time alone.
 */
import type { PhoneStore } from "../../db/store-contract";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** A button that asks for the reminder, then says what this phone will do. `day`: YYYY-MM-DD. */
export function phoneReminder(store: PhoneStore, day: string): HTMLElement {
  const host = element("p", { role: "status" });
  const ask = async (): Promise<void> => {
    await store.changeSetting("reminder", () => new Date(`${day}T08:00:00`).getTime());
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
  fill(
    host,
    button(t("Me le rappeler sur ce téléphone"), () => void ask(), { class: "quiet" }),
  );
  return host;
}

/** Ends a reminder whose day has come. */
export async function endDueReminder(store: PhoneStore): Promise<void> {
  await store.changeSetting("reminder", (at = Infinity) => (at <= Date.now() ? Infinity : at));
}

/** Forgets the reminder, whenever it was to come. */
export async function forgetReminder(store: PhoneStore): Promise<void> {
  await store.changeSetting("reminder", () => Infinity);
}
