/** Shows a download in the status line: its progress, its outcome, the age of the pages. */
import type { Holding } from "../../db/store-contract";
import { STALE_AFTER_DAYS, correctedTime, daysSince, isClockWrong } from "../../net/clock";
import type { DownloadProgress, FinalOutcome } from "../../pull/outcome";
import { element } from "../../ui/dom";
import { formatBytes, formatDay, t } from "../../ui/i18n";
import { refusalSentence } from "../../ui/refusal-sentences";
import type { StatusLine } from "../../ui/status-line";

/** A bar for the first download only: later ones are small, and nobody waits for them. */
export function showProgress(status: StatusLine): (moment: DownloadProgress) => void {
  let bar: { numbers: HTMLElement; progress: HTMLProgressElement; firstReady: boolean } | null = null;
  return (moment) => {
    if (!moment.isFirstDownload) return;
    if (!bar || bar.firstReady !== moment.isFirstPartReady)
      bar = { ...start(status, moment.isFirstPartReady), firstReady: moment.isFirstPartReady };
    bar.progress.max = Math.max(moment.bytesTotal, moment.bytes, 1);
    bar.progress.value = moment.bytes;
    bar.numbers.textContent = t("{pages} pages sur {all} · {size}", {
      pages: moment.pages,
      all: moment.pagesTotal,
      size: formatBytes(moment.bytes),
    });
  };
}

function start(status: StatusLine, firstReady: boolean): { numbers: HTMLElement; progress: HTMLProgressElement } {
  const sentence = firstReady
    ? t("L’essentiel est déjà sur ce téléphone. Le reste arrive.")
    : t("Les pages arrivent sur ce téléphone.");
  const numbers = element("span", { "aria-hidden": "true" });
  const progress = element("progress", { "aria-label": t("Pages reçues") });
  status.setSentence("sync", `${sentence} `, numbers, progress);
  return { numbers, progress };
}

/** The sentence for a download's outcome, "" for none. */
export function outcomeSentence(outcome: FinalOutcome, holding: Holding | undefined): string {
  switch (outcome.kind) {
    case "head":
      return readySentence(holding);
    case "first-only":
      return t(
        "L’essentiel est hors ligne. Votre navigateur économise les données : le reste attend votre accord, dans « Mon téléphone ».",
      );
    case "refused":
      return refusalSentence(outcome.refused);
    case "unknown-channel":
      return t("Ce site ne publie plus dans cette langue pour ce pays.");
    case "storage-full":
      return storageFullSentence();
  }
}

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
  const days = daysSince(holding.confirmed, correctedTime(now, ahead));
  if (days > STALE_AFTER_DAYS) {
    status.setSentence(
      "age",
      t("Personne n’a confirmé ces pages depuis le {date}. Cherchez du réseau pour les mettre à jour.", {
        date: formatDay(holding.confirmed),
      }),
    );
  }
}
