/** Shows a download in the status line, its progress and its outcome. Loaded with the pull, which most pages opened need not. */
import type { Holding, PhoneStore } from "../../db/store-contract";
import type { DownloadProgress, FinalOutcome } from "../../pull/outcome";
import { element } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";
import { refusalSentence } from "../../ui/refusal-sentences";
import type { StatusLine } from "../../ui/status-line";
import { readySentence, storageFullSentence } from "./age";

export { pullChannel } from "../../pull/browser-pull";

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

/** Has an enrolled phone keep the forms that a pull changed. */
export async function keepForms(store: PhoneStore, channel: string): Promise<void> {
  const { keepChangedForms } = await import("../../fieldwork/kept-forms");
  await keepChangedForms(store, channel).catch(() => undefined);
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
