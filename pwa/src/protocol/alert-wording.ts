/**
 * The forms that a phone gives a pushed alert: the notification, the link in banner and lists, the page (PROTOCOL.md,
 * section 15). Twins: sync/alerts/wording.py, sync/rendering/pages/alerts.py.
 */
import type { AlertText } from "./alert";

/** The language of a message: its sentences and moments. */
export interface Language {
  t(sentence: string, values?: Readonly<Record<string, string>>): string;
  /** A day and a time of the phone's clock; `seconds`: UTC. */
  moment(seconds: number): string;
}

/** `drill`: says that there is no danger, "" for a real alert. `severityWord`, `instruction`: "" once it is over. */
interface AlertWording {
  readonly drill: string;
  readonly title: string;
  readonly severityWord: string;
  readonly end: string;
  readonly description: string;
  readonly instruction: string;
}

const ICONS: Readonly<Record<string, string>> = {
  Extreme: "stop",
  Minor: "megaphone",
  Unknown: "unproven",
};

/** True for the two severities of a danger that cannot wait. */
export function isGrave({ severity }: AlertText): boolean {
  return /^(Extreme|Severe)$/.test(severity);
}

/** The title and the text of the notification: what to do first. */
export function notificationOf(
  message: AlertText,
  running: boolean,
  language: Language,
): [title: string, text: string] {
  const { drill, title, instruction, end, description } = wordAlert(message, running, language);
  return [title, [drill, instruction, end, message.area, description].filter(Boolean).join("\n")];
}

/** The link to an alert, in the banner and in lists. `channel`: the one whose pages it stands on. */
export function alertLink(message: AlertText, running: boolean, channel: string, language: Language): string {
  const { drill, title, severityWord, end } = wordAlert(message, running, language);
  const { id, root, sent, expires, severity } = message;
  const look = running ? lookOf(message) : "";
  const until = running ? ` data-until=${expires}` : "";
  const words = [drill, severityWord, end].filter(Boolean).join(" · ");
  const data = ` data-story=${encodeURIComponent(root)} data-sent=${sent} data-severity=${severity}`;
  const address = `/${channel}/alerts/${encodeURIComponent(id)}`;
  return `<a${look} href=${address}${until}${data}${langOf(message, channel)}>${box(running ? severity : "", title, words)}</a>`;
}

/** The title and the fragment of an alert's page, as a page's body. */
export function alertBody(message: AlertText, running: boolean, channel: string, language: Language): string {
  const { t, moment } = language;
  const { area, severity, sent, expires } = message;
  const { drill, title, severityWord, end, description, instruction } = wordAlert(message, running, language);
  const head = `${drill && `<p class=note><b>${drill}</b>`}<h1>${escapeHtml(title)}</h1>`;
  const steps = paragraphsOf(instruction);
  const order = steps && `<section class=now><h2>${t("Que faire maintenant")}</h2>${steps}</section>`;
  const state = running
    ? `<div data-until=${expires}>${head}${order}<p${lookOf(message)}>${box(severity, severityWord, end)}</div>`
    : `${head}<p class=note><b>${end}</b>`;
  const sentence = t("Envoyée le {moment}", { moment: moment(sent) });
  const text = `${state}${paragraphsOf(area)}${paragraphsOf(description)}<footer><p>${sentence}</footer>`;
  const lang = langOf(message, channel);
  return `${escapeHtml(title)}\n<!--alerts-->${lang ? `<div${lang}>${text}</div>` : text}<!--alerts--><div data-feature=share data-later></div><p><a rel=up href=/${channel}/alerts>${t("Alertes")}</a>`;
}

/** The words: what is over says so first and gives no order; an exercise says so before all else. */
function wordAlert(
  { status, headline, text, msgType, expires, severity }: AlertText,
  running: boolean,
  { t, moment }: Language,
): AlertWording {
  const [description = "", ...order] = text.split("\n\n");
  const over = msgType === "Cancel" ? t("Cette alerte est annulée.") : t("Cette alerte est terminée.");
  const severityWords: Readonly<Record<string, string>> = {
    Extreme: t("Danger de mort"),
    Severe: t("Danger grave"),
    Moderate: t("Danger possible"),
    Minor: t("À savoir"),
    Unknown: t("À suivre"),
  };
  let title = running ? headline : t("Alerte terminée : {headline}", { headline });
  let drill = "";
  if (status === "Exercise") {
    title = t("Exercice : {headline}", { headline: title });
    drill = t("Exercice : il n’y a pas de danger.");
  }
  if (status === "Test") {
    title = t("Essai : {headline}", { headline: title });
    drill = t("Essai : il n’y a pas de danger.");
  }
  return {
    drill,
    title,
    severityWord: running ? (severityWords[severity] ?? "") : "",
    end: running ? t("Jusqu’au {moment}", { moment: moment(expires) }) : over,
    description,
    instruction: running ? order.join("\n") : "",
  };
}

function lookOf(message: AlertText): string {
  return ` class=${isGrave(message) ? "danger" : "alert"}`;
}

/** A sentence beside the pictogram of a severity, "" for none. */
function box(severity: string, sentence: string, words: string): string {
  const icon = severity && `<svg><use href=#i-${ICONS[severity] ?? "misleading"}></use></svg>`;
  return `${icon}<span><b>${escapeHtml(sentence)}</b><small>${escapeHtml(words)}</small></span>`;
}

/** The attributes of a text that is not in the channel's language. */
function langOf({ lang }: AlertText, channel: string): string {
  return channel.startsWith(`${lang}-`) ? "" : ` lang=${encodeURIComponent(lang)} dir=auto`;
}

function paragraphsOf(text: string): string {
  return escapeHtml(text).replace(/(.+)\n*/g, "<p>$1");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
