/** Removes ended alerts from a stored page: nothing wakes a page when an alert ends. */
import type { PhoneStore } from "../../db/store-contract";
import { correctedTime } from "../../net/clock";
import { t } from "../../ui/i18n";

export async function hideEndedAlerts(store: PhoneStore): Promise<void> {
  const now = correctedTime(Date.now(), await store.setting("ahead"));
  for (const status of document.querySelectorAll<HTMLElement>("[data-until]")) {
    if (Number(status.dataset.until) * 1000 > now) continue;
    if (status.tagName === "P") status.textContent = t("Cette alerte est terminée.");
    else (status.closest("li") ?? status).remove();
  }
  for (const list of document.querySelectorAll("ul.rows:empty")) {
    list.previousElementSibling?.remove(); // its heading
    list.remove();
  }
}
