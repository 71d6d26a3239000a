/** After a form is finished: its receipt code, and what happens next. */
import type { OutboxEntry } from "../../db/fieldwork-contract";
import type { FieldSession } from "../../fieldwork/session";
import { sendWaiting } from "../../send/browser-send";
import { button, element } from "../../ui/dom";
import { t } from "../../ui/i18n";

export function doneScreen({ store, desk }: FieldSession, sent: OutboxEntry, channel: string): HTMLElement {
  const said = element("p", { role: "status" });
  const tell = async () => {
    const now = await desk.outboxEntry(sent.id);
    said.textContent =
      now?.state === "received"
        ? t("Reçue.")
        : t("Pas encore reçue : elle partira d’elle-même quand il y aura du réseau.");
  };
  const parts: HTMLElement[] = [
    element("h2", { tabindex: -1 }, t("La fiche est finie.")),
    element("p", {}, t("Code du reçu :"), " ", element("b", {}, sent.code)),
    said,
  ];
  if (sent.public) parts.push(...reported(said, () => sendWaiting(store, desk, sent).then(tell)));
  else void sendWaiting(store, desk).then(tell, tell);
  void store.changeSetting("waiting", () => true);
  const links = element("p", {}, element("a", { class: "go", href: `/${channel}/forms` }, t("Mes fiches")));
  return element("div", { class: "note" }, ...parts, links);
}

/** A report leaves after a while, unless the person prefers now. */
function reported(said: HTMLElement, send: () => Promise<void>): HTMLElement[] {
  said.textContent = t(
    "Elle partira dans les heures qui viennent, à un moment au hasard : personne ne pourra relier l’heure de l’envoi à vous.",
  );
  const now = button(
    t("Envoyer maintenant"),
    () => {
      said.textContent = t("J’envoie…");
      void send();
    },
    { class: "quiet" },
  );
  const seen = t("Alors le réseau peut voir à quelle heure ce téléphone envoie.");
  const private_ = t("Dans une fenêtre privée, envoyez maintenant : la fermer efface tout.");
  return [element("p", {}, now, element("small", {}, `${seen} ${private_}`))];
}
