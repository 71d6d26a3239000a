/**
 * The first script of every page: starts the offline part, and imports a feature when the page has an element with
 * its `data-feature`. Without this script every page still reads.
 */
import { detectInAppBrowser } from "./features/in-app-browser/detect";
import { startOffline, store } from "./features/offline/offline";
import { activeWorker } from "./features/offline/worker-messages";
import { fetchTranslations } from "./net/translations";
import { currentLocation, markCurrentLinks } from "./ui/current-page";
import { element } from "./ui/dom";
import type { Feature } from "./ui/feature";
import { setLanguage, t } from "./ui/i18n";
import { guardExit } from "./ui/quick-exit";
import { StatusLine } from "./ui/status-line";

const FEATURES: Readonly<Record<string, () => Promise<{ readonly mount: Feature }>>> = {
  search: () => import("./features/search/search"),
  check: () => import("./features/check/check"),
  phone: () => import("./features/phone/phone"),
  form: () => import("./features/forms/form"),
  outbox: () => import("./features/outbox/outbox"),
  lock: () => import("./features/lock/lock"),
  useful: () => import("./features/reports/was-it-useful"),
  letter: () => import("./features/letter/letter"),
  case: () => import("./features/case/case"),
  media: () => import("./features/media/media"),
  alerts: () => import("./features/alerts/alerts"),
  hub: () => import("./features/hub/hub"),
  listen: () => import("./features/listen/listen"),
  settings: () => import("./features/settings/settings"),
  install: () => import("./features/install/install"),
  share: () => import("./features/share/share"),
  pack: () => import("./features/pack/pack"),
};

/**
 * Hosts that a first visit can wait with: the worker then brings all features in one piece, and none is asked for
 * alone. Those of "again" have nothing to say in a first visit.
 */
const LATER = "[data-later]";
const FIRST_VISIT = "[data-later='']";

void start();

async function start(): Promise<void> {
  const pageLocation = currentLocation();
  guardExit();
  markCurrentLinks();
  const status = new StatusLine(document.getElementById("status"));
  setLanguage(pageLocation.lang, await fetchTranslations(pageLocation.lang));
  const program = detectInAppBrowser(navigator.userAgent);
  if (program !== null)
    void import("./features/in-app-browser/open-in-browser").then(({ showOpenInBrowser }) =>
      showOpenInBrowser(status, program),
    );
  mountAll("[data-feature]:not([data-later])");
  const isControlled = !!navigator.serviceWorker?.controller;
  if (isControlled) mountAll(LATER);
  if (document.querySelector("[data-until]"))
    void import("./features/alerts/open-page").then(async ({ hideEndedAlerts }) => hideEndedAlerts(await store));
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent) => {
    const { alerts } = data as { alerts?: string };
    if (alerts !== undefined)
      void import("./features/alerts/open-page").then(async ({ showNewestAlerts }) =>
        showNewestAlerts(await store, alerts),
      );
  });
  const registration = await startOffline(status, pageLocation);
  if (registration)
    void activeWorker(registration)
      .then(() => isControlled || mountAll(FIRST_VISIT))
      .then(() => import("./features/update/update"))
      .then(({ watchUpdates }) => watchUpdates(registration));
  else if (!isControlled) mountAll(LATER);
  if (await (await store).setting("waiting"))
    void import("./send/send-loop").then(async ({ startSendLoop }) => startSendLoop(await store));
}

function mountAll(hosts: string): void {
  for (const host of document.querySelectorAll<HTMLElement>(hosts)) void mount(host);
}

/** Mounts a feature; where it is not on this phone yet, the page stays as it was and says so. */
async function mount(host: HTMLElement): Promise<void> {
  const load = FEATURES[host.dataset.feature ?? ""];
  if (!load) return;
  const feature = await load().catch(() => null);
  if (feature) return feature.mount(host, await store);
  const sentence = t("Cette partie de l’application n’est pas encore sur ce téléphone. Elle viendra avec du réseau.");
  host.prepend(element("p", { class: "note" }, sentence));
}
