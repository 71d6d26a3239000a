/** Shows in the status line what this phone keeps: that it is ready, how old the pages are. */
import type { Holding } from "../../db/store-contract";
import { correctedTime, isClockWrong, isStale } from "../../net/clock";
import { formatDay, t } from "../../ui/i18n";
import type { StatusLine } from "../../ui/status-line";

export function storageFullSentence(): string {
  return t(
    "Ce téléphone n’a plus de place. Ce qui était là reste lisible. Effacez des photos ou des vidéos, puis revenez.",
  );
}

export function readySentence(holding: Holding | undefined): string {
  if (!holding?.whole) return "";
  return t("Prêt hors ligne. Confirmé le {date}.", { date: formatDay(holding.confirmed) });
}

/** Shows that the pages are old, or that the phone's clock is wrong, whether or not a download ran. */
export function showAge(
  status: StatusLine,
  holding: Holding | undefined,
  ahead: number | undefined,
  now: number,
): void {
  if (isClockWrong(ahead))
    status.setSentence(
      "clock",
      t("L’horloge de ce téléphone est fausse. Réglez sa date : sans cela, des sites sûrs ne s’ouvrent plus."),
    );
  else status.clear("clock");
  if (!holding?.whole) return;
  if (isStale(holding.confirmed, correctedTime(now, ahead))) {
    status.setSentence(
      "age",
      t("Personne n’a confirmé ces pages depuis le {date}. Cherchez du réseau pour les mettre à jour.", {
        date: formatDay(holding.confirmed),
      }),
    );
  }
}
