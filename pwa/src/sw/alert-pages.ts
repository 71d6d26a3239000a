/**
 * Puts the newest message of each alert on the pages that the phone answers with: what a push brought stands in the
 * place of what the edition says, and what is over stands nowhere as a danger.
 */
import type { PageParts, PhoneStore } from "../db/store-contract";
import { correctedTime } from "../net/clock";
import { fetchTranslations } from "../net/translations";
import { type AlertText, isInForce } from "../protocol/alert";
import { endAlert, isOfStory, listedAlerts, newerMessages, sortAlerts } from "../protocol/alert-messages";
import { type Language, alertBody, alertLink } from "../protocol/alert-wording";
import { INDEX, alertsPart, replaceAlertsPart } from "../protocol/page";
import { formatDateTime, setLanguage, t } from "../ui/i18n";

declare const self: ServiceWorkerGlobalScope & typeof globalThis;

const LIST = "alerts";

/** The parts of a page with the newest alerts in its banner, and in its body where that speaks of alerts. */
export async function withNewestAlerts(
  store: PhoneStore,
  parts: PageParts,
  channel: string,
  path: string,
): Promise<PageParts> {
  const messages = (await store.setting("alerts")) ?? [];
  const [folder, page] = path.split("/");
  if (messages.length === 0 && folder !== LIST && !alertsPart(parts.shell)) return parts;
  const now = await currentTime(store);
  const list = (await store.page(channel, LIST))?.body ?? "";
  const listed = listedAlerts(list, channel);
  const newer = newerMessages(listed, messages);
  const alerts = listed.filter(({ root }) => newer.every((message) => message.root !== root));
  for (const message of newer) {
    const running = isInForce(message, now);
    const link = await inLanguageOf(message, (language) => alertLink(message, running, channel, language));
    alerts.push({ ...message, until: running ? message.expires : 0, link });
  }
  const { running, ended } = sortAlerts(alerts, now / 1000);
  setLanguage(channel.slice(0, -3), await fetchTranslations(channel.slice(0, -3)));
  const links = running.map(({ link }) => link);
  const all = links.length > 1 ? `<p><a href=/${channel}/${LIST}>${t("Toutes les alertes en cours")}</a>` : "";
  const shell = replaceAlertsPart(parts.shell, (links[0] ?? "") + all);
  if (folder !== LIST) return { ...parts, shell };
  if (!page) {
    const rows = ended.map(({ link }) => `<li>${link}`).join("");
    const over = rows && `<h2>${t("Terminées")}</h2><ul class=rows>${rows}</ul>`;
    const title = t("Alertes");
    const body = list || `${title}\n<h1>${title}</h1><!--alerts--><!--alerts-->`;
    return {
      ...parts,
      shell,
      body: replaceAlertsPart(body, (links.join("") || `<p>${t("Aucune alerte n’est en cours.")}`) + over),
    };
  }
  const message = newer.find((other) => isOfStory(other, page, listed));
  const body = message
    ? await inLanguageOf(message, (language) => alertBody(message, isInForce(message, now), channel, language))
    : parts.body && endAlert(parts.body, now / 1000);
  return { ...parts, shell, body };
}

/** Tells the open pages what the banner says now; `shown`: the id of an alert that was just shown. */
export async function tellOpenPages(store: PhoneStore, shown?: string): Promise<void> {
  const channel = await store.setting("followed");
  const parts = channel && (await store.page(channel, INDEX));
  const alerts = parts && alertsPart((await withNewestAlerts(store, parts, channel, INDEX)).shell);
  for (const client of await self.clients.matchAll()) client.postMessage({ shown, alerts });
}

/** The outcome of `work` in the language of a message. */
export async function inLanguageOf<Outcome>(
  { lang }: AlertText,
  work: (language: Language) => Outcome,
): Promise<Outcome> {
  setLanguage(lang, await fetchTranslations(lang));
  return work({ t, moment: (seconds) => formatDateTime(seconds * 1000) });
}

/** The time now (ms), by the server's clock where the phone's is wrong. */
export async function currentTime(store: PhoneStore): Promise<number> {
  return correctedTime(Date.now(), await store.setting("ahead"));
}
