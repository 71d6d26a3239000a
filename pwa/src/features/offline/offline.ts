/** Keeps this phone's pages: follows a channel, asks for news while a page is open, says what came. */
import { hasWebCrypto } from "../../crypto/verifier";
import type { AppFilesState } from "../../db/app-files";
import type { Holding, PhoneStore } from "../../db/contract";
import { shownEditionKey } from "../../db/holding";
import { openStore } from "../../db/open-store";
import { countOtherTraffic } from "../../net/data-usage";
import { INDEX } from "../../protocol/page";
import { pullWithBackoff } from "../../pull/backoff";
import type { FinalOutcome, PullOutcome } from "../../pull/outcome";
import { isPullDue } from "../../pull/schedule";
import { t } from "../../ui/i18n";
import type { PageLocation } from "../../ui/location";
import type { StatusLine } from "../../ui/status-line";
import { followedChannel, offerLanguageChange, watchLanguageChoice } from "./followed-channel";
import { outcomeSentence, readySentence, showAge, showProgress, storageFullSentence } from "./progress";
import { registerPeriodicSync, registerSync, registerWorker, requestFeatureFiles } from "./worker-messages";

/** The store once it is open, for the features on the page. */
export const store: Promise<PhoneStore> = openStore();

export async function startOffline(status: StatusLine, place: PageLocation): Promise<ServiceWorkerRegistration | null> {
  const opened = await store;
  if (!hasWebCrypto() || !("serviceWorker" in navigator)) {
    status.setSentence(
      "insecure",
      isSecureContext
        ? t("Ce navigateur ne garde pas de pages : elles se lisent avec du réseau.")
        : t("Pour lire sans réseau, ouvrez ce site par son adresse en https."),
    );
    return null;
  }
  watchLanguageChoice(opened, place);
  const channel = await followedChannel(opened, place).catch(() => {
    status.setSentence("storage", storageFullSentence());
    return undefined;
  });
  if (!channel) return null; // nothing is kept before a person opens a channel
  const registration = await registerWorker();
  if (!opened.isLasting || !registration) {
    status.setSentence(
      "storage",
      t(
        "Ce navigateur ne garde rien : fenêtre privée, ou place refusée. Les pages se lisent avec du réseau seulement.",
      ),
    );
    return registration;
  }
  offerLanguageChange(opened, status, channel, place);
  await showWhatIsHere(opened, status, channel, place);
  whenIdle(() => void keepUp(opened, status, channel, registration));
  return registration;
}

async function showWhatIsHere(
  opened: PhoneStore,
  status: StatusLine,
  channel: string,
  { page }: PageLocation,
): Promise<void> {
  const [holding, ahead] = await Promise.all([opened.holding(channel), opened.setting("ahead")]);
  showAge(status, holding, ahead, Date.now());
  if (page?.path === INDEX && holding?.whole) status.setSentence("sync", readySentence(holding));
}

async function keepUp(
  opened: PhoneStore,
  status: StatusLine,
  channel: string,
  registration: ServiceWorkerRegistration,
): Promise<void> {
  await countOtherTraffic(opened);
  await registerPeriodicSync(registration);
  const [holding, asked] = await Promise.all([opened.holding(channel), opened.setting("asked")]);
  if (holding?.whole) await prepare(opened, channel);
  if (!isPullDue(holding, asked, Date.now())) return;
  const { pullChannel: askForNews } = await import("../../pull/browser-pull"); // most pages opened ask for nothing
  const show = showProgress(status);
  const ask = async (): Promise<PullOutcome> => {
    const pages = await askForNews(opened, channel, show);
    const outcome = pages.kind === "head" ? withFiles(pages, await requestFeatureFiles()) : pages;
    const cut = outcome.kind === "interrupted" || outcome.kind === "busy";
    if (cut) await registerSync(registration);
    if (cut && !holding?.whole) status.setSentence("road", t("Le réseau a coupé. La suite viendra d’elle-même."));
    else status.clear("road");
    return outcome;
  };
  const outcome = await pullWithBackoff(ask, { random: Math.random, wait: waitForNetwork });
  await tell(opened, status, channel, outcome, holding);
  await prepare(opened, channel);
}

/** Pages without search and the rest are not "ready": the app's own files belong to what a phone waits for. */
function withFiles(pages: Extract<PullOutcome, { kind: "head" }>, kept: AppFilesState): PullOutcome {
  if (kept === "all") return pages;
  return kept === "full" ? { kind: "storage-full" } : { kind: "interrupted", progressed: pages.changed };
}

/** Says how the asking ended, unless the phone still shows what it showed before; the worker or another tab may have brought the pages. */
async function tell(
  opened: PhoneStore,
  status: StatusLine,
  channel: string,
  outcome: FinalOutcome,
  before: Holding | undefined,
): Promise<void> {
  const [holding, ahead] = await Promise.all([opened.holding(channel), opened.setting("ahead")]);
  const news = outcome.kind !== "head" || outcome.changed || before?.whole?.id !== holding?.whole?.id;
  const sentence = outcomeSentence(outcome, holding);
  if (news && sentence) status.setSentence("sync", sentence);
  showAge(status, holding, ahead, Date.now());
}

/** The search index, while nobody waits for anything; most pages opened find it made. */
async function prepare(opened: PhoneStore, channel: string): Promise<void> {
  const holding = await opened.holding(channel);
  if (!holding || (await opened.setting("indexed")) === shownEditionKey(holding)) return;
  const { prepareIndex: prepareSearch } = await import("../../search/full-text-index");
  await prepareSearch(opened, channel, () => new Promise((resolve) => whenIdle(resolve)));
}

/** Waits, but no longer than until the browser says that there is network again. */
function waitForNetwork(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200); // Safari
}
