/** The screen after a form is finished: its receipt code and the next steps. */
import type { OutboxEntry } from "../../db/fieldwork-contract";
import type { FieldSession } from "../../fieldwork/field-session";
import { OUTBOX_CHANGED, sendWaiting } from "../../send/browser-send";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

export function doneScreen({ store, fieldwork }: FieldSession, entry: OutboxEntry, channel: string): HTMLElement {
  const status = element("p", { role: "status" });
  const tell = async () => {
    const now = await fieldwork.outboxEntry(entry.id);
    status.textContent =
      sentenceOfChange(now) ?? t("Pas encore reçue : elle partira d’elle-même quand il y aura du réseau.");
  };
  addEventListener(OUTBOX_CHANGED, async () => {
    const sentence = sentenceOfChange(await fieldwork.outboxEntry(entry.id));
    if (sentence) status.textContent = sentence;
  });
  const parts: HTMLElement[] = [
    element("h2", { tabindex: -1 }, t("La fiche est finie.")),
    element("p", {}, t("Code du reçu :"), " ", element("b", {}, entry.code)),
    status,
  ];
  if (entry.public) parts.push(...reportNotice(status, () => sendWaiting(store, fieldwork, entry).then(tell)));
  else void sendWaiting(store, fieldwork).then(tell, tell);
  void store.changeSetting("waiting", () => true);
  const links = element("p", {}, element("a", { class: "go", href: `/${channel}/forms` }, t("Mes fiches")));
  return element("div", { class: "note" }, ...parts, links);
}

function sentenceOfChange(entry: OutboxEntry | undefined): string | null {
  if (entry?.state === "received") return t("Reçue.");
  return entry?.stuck?.code === "work"
    ? t("Beaucoup de gens envoient : le téléphone calcule pour passer. Laissez la page ouverte.")
    : null;
}

/** The notice that a report is sent after a random delay, with a button to send it now. */
function reportNotice(status: HTMLElement, send: () => Promise<void>): HTMLElement[] {
  status.textContent = t(
    "Elle partira dans les heures qui viennent, à un moment au hasard : personne ne pourra relier l’heure de l’envoi à vous.",
  );
  const now = button(
    t("Envoyer maintenant"),
    () => {
      status.textContent = t("J’envoie…");
      void send();
    },
    { class: "quiet" },
  );
  const seen = t("Alors le réseau peut voir à quelle heure ce téléphone envoie.");
  const private_ = t("Dans une fenêtre privée, envoyez maintenant : la fermer efface tout.");
  return [element("p", {}, now, element("small", {}, `${seen} ${private_}`))];
}
