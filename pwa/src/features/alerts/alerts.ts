/** Subscribing to alerts: explains before the browser asks, keeps preferences, sends a test, unsubscribes. */
import sheet from "../../css/forms.css";
import type { AlertPreferences, PhoneStore } from "../../db/store-contract";
import { renewSubscription, subscribe, unsubscribe } from "../../net/push-subscription";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import { preferencesForm } from "./preferences-form";
import { type AlertSentences, causeOf, readSentences } from "./sentences";
import { sendTestAlert } from "./test-alert";

export const mount: Feature = async (host, store) => {
  const options = [...host.querySelectorAll("datalist")];
  const say = readSentences(host);
  const channel = await store.setting("followed");
  if (!store.isLasting || !channel) return;
  addStyles(sheet);
  const status = element("p", { role: "status" });
  const content = element("div");
  const show = async () => fill(content, ...(await contentFor(store, channel, options, say, status, show)));
  await show();
  fill(host, element("h2", {}, t("Alertes")), content, status);
};

async function contentFor(
  store: PhoneStore,
  channel: string,
  options: HTMLDataListElement[],
  say: AlertSentences,
  status: HTMLElement,
  show: () => Promise<void>,
): Promise<Node[]> {
  if (!("PushManager" in window) || !("Notification" in window)) return [paragraph(say("unsupported"))];
  if (Notification.permission === "denied") return [paragraph(say("denied"))];
  const registration = await navigator.serviceWorker.ready;
  const subscribed = async () => (await registration.pushManager.getSubscription()) !== null;
  if (!(await subscribed()) && Notification.permission === "granted")
    await renewSubscription(registration, store).catch(() => undefined);
  const preferences = (await subscribed()) ? await store.setting("told") : null;
  const { form, read } = preferencesForm(options, preferences);
  const attempt = (work: () => Promise<void>) =>
    void work().catch(async (error: unknown) => {
      const cause = causeOf(error);
      status.textContent = say(cause);
      if (cause === "unknown") await unsubscribe(registration).then(show);
    });
  const subscribeAndKeep = async () => {
    if ((await Notification.requestPermission()) !== "granted") return show();
    const choices: AlertPreferences = read();
    await subscribe(registration, channel, choices);
    await store.changeSetting("told", () => choices);
    fill(status, say("saved"), ...alertInForce(say));
    await show();
  };
  const end = async () => {
    await store.changeSetting("told", () => null);
    await unsubscribe(registration);
    status.textContent = say("ended");
    await show();
  };
  if (!preferences)
    return [
      paragraph(say("why")),
      paragraph(say("question")),
      form,
      paragraph(button(t("Recevoir les alertes"), () => attempt(subscribeAndKeep))),
    ];
  return [
    paragraph(say("subscribed")),
    paragraph(button(t("Essayer"), () => attempt(() => sendTestAlert(registration, say, status)))),
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

/** The alert that holds already when a person subscribes: that of the page's banner. */
function alertInForce(say: AlertSentences): (Node | string)[] {
  const banner = document.querySelector("main > [data-until]");
  return banner ? [` ${say("now")}`, banner.cloneNode(true)] : [];
}

function paragraph(...children: (Node | string)[]): HTMLElement {
  return element("p", {}, ...children);
}
