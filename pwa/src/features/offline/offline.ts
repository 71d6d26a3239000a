/** Keeps this phone's pages: follows a channel, asks for news while a page is open, says what came. */
import { canProve } from "../../crypto/proofs";
import type { PhoneStore } from "../../db/contract";
import { openStore } from "../../db/open";
import { INDEX } from "../../protocol/page";
import { persist } from "../../sync/backoff";
import { isDue } from "../../sync/due";
import type { Outcome } from "../../sync/outcome";
import { countOthers } from "../../sync/spent";
import type { Here } from "../../ui/here";
import type { Status } from "../../ui/status";
import { t } from "../../ui/words";
import { followedChannel, offerChoice, watchChoice } from "./follow";
import { endSentence, noRoom, readySentence, showAge, showProgress } from "./progress";
import { askToBeWoken, keepFeatures, startWorker } from "./worker";

/** The store once it is open, for the features on the page. */
export const store: Promise<PhoneStore> = openStore();

export async function startOffline(status: Status, place: Here): Promise<ServiceWorkerRegistration | null> {
  const opened = await store;
  if (!canProve() || !("serviceWorker" in navigator)) {
    status.say("insecure", isSecureContext ? t("Ce navigateur ne garde pas de pages : elles se lisent avec du réseau.") : t("Pour lire sans réseau, ouvrez ce site par son adresse en https."));
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
    status.say("storage", t("Ce navigateur ne garde rien : fenêtre privée, ou place refusée. Les pages se lisent avec du réseau seulement."));
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

async function keepUp(opened: PhoneStore, status: Status, channel: string, registration: ServiceWorkerRegistration): Promise<void> {
  await countOthers(opened);
  const [holding, asked] = await Promise.all([opened.holding(channel), opened.setting("asked")]);
  let cut = false;
  if (isDue(holding, asked, Date.now())) {
    const { askForNews } = await import("../../sync/browser"); // most pages opened ask for nothing
    const show = showProgress(status);
    const outcome = await persist(() => askForNews(opened, channel, show), { random: Math.random, wait: waitForNetwork });
    await tell(opened, status, channel, outcome);
    cut = outcome.kind === "interrupted" || outcome.kind === "busy";
  }
  await askToBeWoken(registration, cut);
  if (await opened.holding(channel)) await prepare(opened, channel);
}

async function tell(opened: PhoneStore, status: Status, channel: string, outcome: Outcome): Promise<void> {
  const hasFeatures = await keepFeatures();
  const [holding, ahead] = await Promise.all([opened.holding(channel), opened.setting("ahead")]);
  const news = outcome.kind !== "head" || outcome.changed;
  const sentence = endSentence({ outcome, holding, ahead });
  if (news && sentence && (hasFeatures || outcome.kind !== "head")) status.say("sync", sentence);
  showAge(status, holding, ahead, Date.now());
}

/** The search index, while nobody waits for anything. */
async function prepare(opened: PhoneStore, channel: string): Promise<void> {
  const { prepareSearch } = await import("../../search/index");
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
