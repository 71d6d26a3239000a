/** Subscribing to alerts: explains before the browser asks, keeps preferences, sends a test, unsubscribes. */
import sheet from "../../css/forms.css";
import type { AlertPreferences, PhoneStore } from "../../db/store-contract";
import { renewSubscription, subscribe, unsubscribe } from "../../net/push-subscription";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import { preferencesForm } from "./preferences-form";
import { sendTestAlert } from "./test-alert";

export const mount: Feature = async (host, store) => {
  const options = [...host.querySelectorAll("datalist")];
  const channel = await store.setting("followed");
  if (!store.isLasting || !channel) return;
  addStyles(sheet);
  const status = element("p", { role: "status" });
  const content = element("div");
  const show = async () => fill(content, ...(await contentFor(store, channel, options, status, show)));
  await show();
  fill(host, element("h2", {}, t("Alertes")), content, status);
};

async function contentFor(
  store: PhoneStore,
  channel: string,
  options: HTMLDataListElement[],
  status: HTMLElement,
  show: () => Promise<void>,
): Promise<Node[]> {
  if (!("PushManager" in window) || !("Notification" in window)) {
    return [
      element(
        "p",
        {},
        t("Ce navigateur ne reçoit pas de messages. Les alertes viennent avec les pages, dès qu’il y a du réseau."),
      ),
    ];
  }
  if (Notification.permission === "denied") {
    return [
      element(
        "p",
        {},
        t(
          "Vous avez dit non aux messages de ce site. Pour changer d’avis, ouvrez les réglages du site dans votre navigateur. Les alertes viennent aussi avec les pages.",
        ),
      ),
    ];
  }
  const registration = await navigator.serviceWorker.ready;
  const subscribed = async () => (await registration.pushManager.getSubscription()) !== null;
  if (!(await subscribed()) && Notification.permission === "granted")
    await renewSubscription(registration, store).catch(() => undefined);
  const preferences = (await subscribed()) ? await store.setting("told") : null;
  const { form, read } = preferencesForm(options, preferences);
  const attempt = (work: () => Promise<void>) =>
    void work().catch(() => (status.textContent = t("Cela n’a pas marché. Vérifiez le réseau, puis réessayez.")));
  const subscribeAndKeep = async () => {
    if ((await Notification.requestPermission()) !== "granted") return show();
    const choices: AlertPreferences = read();
    await subscribe(registration, channel, choices);
    await store.changeSetting("told", () => choices);
    status.textContent = t("C’est noté. Les alertes arriveront sur ce téléphone.");
    await show();
  };
  const end = async () => {
    await store.changeSetting("told", () => null);
    await unsubscribe(registration);
    status.textContent = t("Ce téléphone ne reçoit plus de messages. Les alertes viennent encore avec les pages.");
    await show();
  };
  if (!preferences)
    return [...explanation(), form, paragraph(button(t("Recevoir les alertes"), () => attempt(subscribeAndKeep)))];
  return [
    element("p", {}, t("Ce téléphone reçoit les alertes.")),
    paragraph(button(t("Essayer"), () => attempt(() => sendTestAlert(registration, status)))),
    element(
      "details",
      {},
      element("summary", {}, t("Changer mes choix")),
      form,
      paragraph(button(t("Garder ces choix"), () => attempt(subscribeAndKeep))),
    ),
    paragraph(button(t("Ne plus recevoir"), () => attempt(end), { class: "quiet" })),
  ];
}

/** Explains alerts before the browser asks for permission. */
function explanation(): Node[] {
  return [
    element(
      "p",
      {},
      t("Une inondation, une maladie, un danger : l’alerte s’affiche sur votre téléphone, même si ce site est fermé."),
    ),
    element(
      "p",
      {},
      t(
        "Votre navigateur va vous poser une question. Répondez « Autoriser ». Ce site saura alors où envoyer le message, mais pas qui vous êtes : ni nom, ni numéro.",
      ),
    ),
  ];
}

function paragraph(...children: Node[]): HTMLElement {
  return element("p", {}, ...children);
}
