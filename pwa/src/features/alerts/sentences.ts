/** The sentences about subscribing, which the page brings: they are long, and in its language. */
import { SiteRefusal } from "../../net/push-subscription";
import { t } from "../../ui/i18n";

/** The causes that browsers name. */
const CAUSES: Readonly<Record<string, string>> = {
  TypeError: "network",
  AbortError: "no-service",
  NotAllowedError: "denied",
};

/** A sentence by its name. */
export type AlertSentences = (name: string, values?: Readonly<Record<string, string>>) => string;

export function readSentences(host: HTMLElement): AlertSentences {
  const sentences = new Map<string | undefined, string>();
  for (const line of host.querySelectorAll<HTMLElement>("[data-say]"))
    sentences.set(line.dataset.say, line.textContent ?? "");
  return (name, values = {}) =>
    (sentences.get(name) ?? t("Cela n’a pas marché. Réessayez plus tard.")).replace(
      /\{(\w+)\}/g,
      (hole, key: string) => values[key] ?? hole,
    );
}

/** The name of the sentence with the true cause of a failure: the network, the phone, the site, the service of messages. */
export function causeOf(error: unknown): string {
  if (error instanceof SiteRefusal) return error.status === 404 || error.status === 410 ? "unknown" : error.code;
  return CAUSES[(error as Error).name] ?? "";
}
