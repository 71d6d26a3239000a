/**
 * The first script of every page: starts the offline part, and imports a feature when the page has an element with
 * its `data-feature`. Without this script every page still reads.
 */
import { detectInAppBrowser } from "./features/in-app-browser/detect";
import { startOffline, store } from "./features/offline/offline";
import { fetchTranslations } from "./net/translations";
import { currentLocation, markCurrentLinks } from "./ui/current-page";
import type { Feature } from "./ui/feature";
import { setLanguage } from "./ui/i18n";
import { StatusLine } from "./ui/status-line";

const FEATURES: Readonly<Record<string, () => Promise<{ readonly mount: Feature }>>> = {
  search: () => import("./features/search/search"),
  phone: () => import("./features/phone/phone"),
  form: () => import("./features/forms/form"),
  outbox: () => import("./features/outbox/outbox"),
  lock: () => import("./features/lock/lock"),
  useful: () => import("./features/reports/was-it-useful"),
  letter: () => import("./features/letter/letter"),
  media: () => import("./features/media/media"),
  alerts: () => import("./features/alerts/alerts"),
  hub: () => import("./features/hub/hub"),
};

void start();

async function start(): Promise<void> {
  const pageLocation = currentLocation();
  markCurrentLinks();
  const status = new StatusLine(document.getElementById("status"));
  setLanguage(pageLocation.lang, await fetchTranslations(pageLocation.lang));
  const program = detectInAppBrowser(navigator.userAgent);
  if (program !== null)
    void import("./features/in-app-browser/open-in-browser").then(({ showOpenInBrowser }) =>
      showOpenInBrowser(status, program),
    );
  for (const host of document.querySelectorAll<HTMLElement>("[data-feature]")) void mount(host);
  if (document.querySelector("[data-until]"))
    void import("./features/alerts/hide-ended").then(async ({ hideEndedAlerts }) => hideEndedAlerts(await store));
  const registration = await startOffline(status, pageLocation);
  if (registration) void import("./features/update/update").then(({ watchUpdates }) => watchUpdates(registration));
  if (await (await store).setting("waiting"))
    void import("./send/send-loop").then(async ({ startSendLoop }) => startSendLoop(await store));
}

/** Mounts a feature; where it cannot be loaded, the page stays as it was. */
async function mount(host: HTMLElement): Promise<void> {
  const load = FEATURES[host.dataset.feature ?? ""];
  if (!load) return;
  const { mount } = await load();
  await mount(host, await store);
}
