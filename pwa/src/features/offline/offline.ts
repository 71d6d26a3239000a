/** Keeps this phone's pages: follows a channel, asks for news while a page is open, says what came. */
import { canProve } from "../../crypto/verifier";
import type { Kept } from "../../db/app-files";
import type { Holding, PhoneStore } from "../../db/contract";
import { shownEdition } from "../../db/holding";
import { openStore } from "../../db/open-store";
import { countOthers } from "../../net/data-usage";
import { INDEX } from "../../protocol/page";
import { persist } from "../../pull/backoff";
import type { Final, Outcome } from "../../pull/outcome";
import { isDue } from "../../pull/schedule";
import { t } from "../../ui/i18n";
import type { Here } from "../../ui/location";
import type { Status } from "../../ui/status-line";
import { followedChannel, offerChoice, watchChoice } from "./followed-channel";
import { endSentence, noRoom, readySentence, showAge, showProgress } from "./progress";
import { askToBeWoken, askToGoOn, keepFeatures, startWorker } from "./worker-messages";

/** The store once it is open, for the features on the page. */
export const store: Promise<PhoneStore> = openStore();

export async function startOffline(status: Status, place: Here): Promise<ServiceWorkerRegistration | null> {
  const opened = await store;
  if (!canProve() || !("serviceWorker" in navigator)) {
    status.say(
      "insecure",
      isSecureContext
        ? t("Ce navigateur ne garde pas de pages : elles se lisent avec du réseau.")
        : t("Pour lire sans réseau, ouvrez ce site par son adresse en https."),
    );
    return null;
  }
  watchChoice(opened, place);
  const channel = await followedChannel(opened, place).catch(() => {
    status.say("storage", noRoom());
    return undefined;
  });
  if (!channel) return null; // nothing is kept before a person opens a channel
  const registration = await startWorker();
  if (!opened.lasting || !registration) {
    status.say(
      "storage",
      t(
        "Ce navigateur ne garde rien : fenêtre privée, ou place refusée. Les pages se lisent avec du réseau seulement.",
      ),
    );
    return registration;
  }
  offerChoice(opened, status, channel, place);
  await showWhatIsHere(opened, status, channel, place);
  whenIdle(() => void keepUp(opened, status, channel, registration));
  return registration;
}

async function showWhatIsHere(opened: PhoneStore, status: Status, channel: string, { page }: Here): Promise<void> {
  const [holding, ahead] = await Promise.all([opened.holding(channel), opened.setting("ahead")]);
  showAge(status, holding, ahead, Date.now());
  if (page?.path === INDEX && holding?.whole) status.say("sync", readySentence(holding));
}

async function keepUp(
  opened: PhoneStore,
  status: Status,
  channel: string,
  registration: ServiceWorkerRegistration,
): Promise<void> {
  await countOthers(opened);
  await askToBeWoken(registration);
  const [holding, asked] = await Promise.all([opened.holding(channel), opened.setting("asked")]);
  if (holding?.whole) await prepare(opened, channel);
  if (!isDue(holding, asked, Date.now())) return;
  const { askForNews } = await import("../../pull/browser-pull"); // most pages opened ask for nothing
  const show = showProgress(status);
  const ask = async (): Promise<Outcome> => {
    const pages = await askForNews(opened, channel, show);
    const outcome = pages.kind === "head" ? withFiles(pages, await keepFeatures()) : pages;
    const cut = outcome.kind === "interrupted" || outcome.kind === "busy";
    if (cut) await askToGoOn(registration);
    if (cut && !holding?.whole) status.say("road", t("Le réseau a coupé. La suite viendra d’elle-même."));
    else status.hush("road");
    return outcome;
  };
  const outcome = await persist(ask, { random: Math.random, wait: waitForNetwork });
  await tell(opened, status, channel, outcome, holding);
  await prepare(opened, channel);
}

/** Pages without search and the rest are not "ready": the app's own files belong to what a phone waits for. */
function withFiles(pages: Extract<Outcome, { kind: "head" }>, kept: Kept): Outcome {
  if (kept === "all") return pages;
  return kept === "full" ? { kind: "storage-full" } : { kind: "interrupted", progressed: pages.changed };
}

/** Says how the asking ended, unless the phone still shows what it showed before; the worker or another tab may have brought the pages. */
async function tell(
  opened: PhoneStore,
  status: Status,
  channel: string,
  outcome: Final,
  before: Holding | undefined,
): Promise<void> {
  const [holding, ahead] = await Promise.all([opened.holding(channel), opened.setting("ahead")]);
  const news = outcome.kind !== "head" || outcome.changed || before?.whole?.id !== holding?.whole?.id;
  const sentence = endSentence(outcome, holding);
  if (news && sentence) status.say("sync", sentence);
  showAge(status, holding, ahead, Date.now());
}

/** The search index, while nobody waits for anything; most pages opened find it made. */
async function prepare(opened: PhoneStore, channel: string): Promise<void> {
  const holding = await opened.holding(channel);
  if (!holding || (await opened.setting("indexed")) === shownEdition(holding)) return;
  const { prepareSearch } = await import("../../search/full-text-index");
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
