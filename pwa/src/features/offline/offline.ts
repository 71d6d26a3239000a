/** Keeps this phone's pages up to date while a page is open, and shows the progress and the outcome. */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import type { AppFilesState } from "../../db/app-files-state";
import { watchErasure } from "../../db/database";
import { shownEditionKey } from "../../db/held-editions";
import { openStore } from "../../db/open-store";
import type { Holding, PhoneStore } from "../../db/store-contract";
import { countOtherTraffic } from "../../net/data-usage";
import { fetchReaderSet } from "../../net/feature-prefetch";
import { INDEX } from "../../protocol/page";
import { pullWithBackoff } from "../../pull/backoff";
import type { FinalOutcome, PullOutcome } from "../../pull/outcome";
import { isPullDue } from "../../pull/schedule";
import type { PageLocation } from "../../ui/current-page";
import { t } from "../../ui/i18n";
import type { StatusLine } from "../../ui/status-line";
import { readySentence, showAge, storageFullSentence } from "./age";
import { followedChannel, showOtherChannel, watchLanguageChoice } from "./followed-channel";
import {
  activeWorker,
  registerPeriodicSync,
  registerSync,
  registerWorker,
  requestFeatureFiles,
} from "./worker-messages";

const BUSY = 20_000; // ms in which even a busy phone opens its store; features have gone on without it

/** The store, once it is open; used by the features on the page. */
export const store: Promise<PhoneStore> = openStore();

export async function startOffline(
  status: StatusLine,
  pageLocation: PageLocation,
): Promise<ServiceWorkerRegistration | null> {
  watchErasure(() => location.replace("/?choose"));
  const opened = await store;
  const phoneStore = opened.isLasting ? opened : await openStore(BUSY);
  if (!hasWebCrypto() || !("serviceWorker" in navigator)) {
    status.setSentence(
      "insecure",
      isSecureContext
        ? t("Ce navigateur ne garde pas de pages : elles se lisent avec du réseau.")
        : t("Pour lire sans réseau, ouvrez ce site par son adresse en https."),
    );
    return null;
  }
  watchLanguageChoice(phoneStore, pageLocation);
  const channel = await followedChannel(phoneStore, pageLocation).catch(() => {
    status.setSentence("storage", storageFullSentence());
    return undefined;
  });
  if (!channel) return null; // nothing is kept before a person opens a channel
  if (phoneStore.isLasting && !navigator.serviceWorker.controller) void fetchReaderSet();
  const registration = await registerWorker();
  if (!phoneStore.isLasting || !registration) {
    status.setSentence(
      "storage",
      t(
        "Ce navigateur ne garde rien : fenêtre privée, ou place refusée. Les pages se lisent avec du réseau seulement.",
      ),
    );
    return registration;
  }
  showOtherChannel(phoneStore, status, channel, pageLocation);
  await showWhatIsHere(phoneStore, status, channel, pageLocation);
  // The worker brings what the download needs, in one piece; without one, each file comes by itself.
  void activeWorker(registration).then(() =>
    whenIdle(() => void keepUpToDate(phoneStore, status, channel, registration)),
  );
  return registration;
}

async function showWhatIsHere(
  phoneStore: PhoneStore,
  status: StatusLine,
  channel: string,
  { page }: PageLocation,
): Promise<void> {
  const [holding, ahead] = await Promise.all([phoneStore.holding(channel), phoneStore.setting("ahead")]);
  showAge(status, holding, ahead, Date.now());
  if (page?.path === INDEX && holding?.whole) status.setSentence("sync", readySentence(holding));
}

async function keepUpToDate(
  phoneStore: PhoneStore,
  status: StatusLine,
  channel: string,
  registration: ServiceWorkerRegistration,
): Promise<void> {
  await countOtherTraffic(phoneStore);
  await registerPeriodicSync(registration);
  const [holding, lastPull] = await Promise.all([phoneStore.holding(channel), phoneStore.setting("asked")]);
  if (holding?.whole) await prepareSearchIndex(phoneStore, channel);
  if (!isPullDue(holding, lastPull, Date.now())) return;
  const { keepForms, outcomeSentence, pullChannel, showProgress } = await import("./pull-status"); // most pages opened ask for nothing
  const show = showProgress(status);
  const ask = async (): Promise<PullOutcome> => {
    const pages = await pullChannel(phoneStore, channel, show);
    const outcome = pages.kind === "head" ? withAppFiles(pages, await requestFeatureFiles()) : pages;
    const cut = outcome.kind === "interrupted" || outcome.kind === "busy";
    if (cut) await registerSync(registration);
    if (cut && !holding?.whole) status.setSentence("road", t("Le réseau a coupé. La suite viendra d’elle-même."));
    else status.clear("road");
    return outcome;
  };
  const outcome = await pullWithBackoff(ask, { random: Math.random, wait: waitForNetwork });
  if (outcome.kind === "head" && outcome.changed) registration.active?.postMessage("alerts");
  await showOutcome(phoneStore, status, channel, outcome, holding, outcomeSentence);
  if (outcome.kind === "head" && outcome.changed) await keepForms(phoneStore, channel);
  await prepareSearchIndex(phoneStore, channel);
}

/** The outcome "head" only once the app's own files are here too: a phone is not "ready" without them. */
function withAppFiles(pages: Extract<PullOutcome, { kind: "head" }>, appFiles: AppFilesState): PullOutcome {
  if (appFiles === "all") return pages;
  return appFiles === "full" ? { kind: "storage-full" } : { kind: "interrupted", progressed: pages.changed };
}

/** Shows the outcome of a pull, unless nothing changed; the worker or another tab may have brought the pages. */
async function showOutcome(
  phoneStore: PhoneStore,
  status: StatusLine,
  channel: string,
  outcome: FinalOutcome,
  before: Holding | undefined,
  outcomeSentence: (outcome: FinalOutcome, holding: Holding | undefined) => string,
): Promise<void> {
  const [holding, ahead] = await Promise.all([phoneStore.holding(channel), phoneStore.setting("ahead")]);
  const news = outcome.kind !== "head" || outcome.changed || before?.whole?.id !== holding?.whole?.id;
  const sentence = outcomeSentence(outcome, holding);
  if (news && sentence) status.setSentence("sync", sentence);
  showAge(status, holding, ahead, Date.now());
}

/** Builds the search index while the page is idle; mostly it is there already. */
async function prepareSearchIndex(phoneStore: PhoneStore, channel: string): Promise<void> {
  const holding = await phoneStore.holding(channel);
  if (!holding || (await phoneStore.setting("indexed")) === shownEditionKey(holding)) return;
  const { prepareIndexes } = await import("./indexes");
  await prepareIndexes(phoneStore, channel, () => new Promise((resolve) => whenIdle(resolve)));
}

/** Waits, at most until the browser reports network again. */
function waitForNetwork(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener("online", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener("online", finish);
  });
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2_000 });
  else setTimeout(work, 200); // Safari
}
