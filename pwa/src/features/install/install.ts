/**
 * Offers to put the site on the phone's home screen: on the home page from the second visit on, and on the page that
 * shows how in each browser. Browsers that install by a tap are asked; for others there are pictures.
 */
import type { PhoneStore } from "../../db/store-contract";
import { keepReader } from "../../ui/code-reader";
import { currentLocation } from "../../ui/current-page";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { t } from "../../ui/i18n";

/** Chromium's event; the browser's own offer comes when `prompt` is called. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: "accepted" | "dismissed" }>;
}

let installPrompt: InstallPrompt | undefined;
let onChange = (): void => undefined;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installPrompt = event as InstallPrompt;
  onChange();
});
addEventListener("appinstalled", () => {
  installPrompt = undefined;
  onChange();
  void keepCodes();
});

/** Fetches, once for who installs the app, what reads the codes of another phone; without a network at the next visit. */
function keepCodes(): Promise<void> {
  return keepReader().catch(() => undefined);
}

export const mount: Feature = async (host, store) => {
  if (matchMedia("(display-mode: standalone)").matches) return keepCodes();
  if (currentLocation().page?.path === "install") return mountPage(host);
  await mountOffer(host, store);
};

/** On the page that shows how: the button where the browser has one, and this browser's pictures open. */
function mountPage(host: HTMLElement): void {
  const browsers = [...document.querySelectorAll<HTMLDetailsElement>("details[data-browser]")];
  const own = browsers.filter(({ dataset }) => navigator.userAgent.includes(dataset.browser ?? ""));
  own.sort((one, other) => Number(isChrome(one)) - Number(isChrome(other))); // others name Chrome too
  if (own[0]) for (const browser of browsers) browser.open = browser === own[0];
  onChange = () => fill(host, ...(installPrompt ? [element("p", {}, installButton())] : []));
  onChange();
}

function isChrome({ dataset }: HTMLElement): boolean {
  return dataset.browser === "Chrome/";
}

/** On the home page, to a person who came back: the pages of an earlier visit are here. */
async function mountOffer(host: HTMLElement, store: PhoneStore): Promise<void> {
  const { page } = currentLocation();
  const [holding, refused] = await Promise.all([
    page ? store.holding(page.channel) : undefined,
    store.setting("installRefused"),
  ]);
  if (!holding?.whole || refused) return;
  const refuse = button(
    t("Pas maintenant"),
    () => {
      fill(host);
      onChange = () => undefined;
      void store.changeSetting("installRefused", () => true).catch(() => undefined);
    },
    { class: "quiet" },
  );
  const how = element("a", { class: "go", href: "install" }, t("Voir comment faire"));
  onChange = () =>
    fill(
      host,
      element(
        "div",
        { class: "note" },
        element("p", {}, t("Mettez ce site sur votre écran d’accueil : un seul toucher l’ouvre, même sans réseau.")),
        installPrompt ? installButton() : how,
        refuse,
      ),
    );
  onChange();
}

function installButton(): HTMLElement {
  return button(t("Mettre sur l’écran d’accueil"), () => {
    const asked = installPrompt;
    installPrompt = undefined; // a browser answers it once
    void asked?.prompt().then(onChange);
  });
}
