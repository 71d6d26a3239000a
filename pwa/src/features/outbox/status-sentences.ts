/** Sentences for an outbox entry's state, which say what to do when it is stuck. */
import type { OutboxEntry } from "../../db/fieldwork-contract";
import { formatDay, t } from "../../ui/i18n";

export function stateSentence(entry: OutboxEntry, now: number): string {
  switch (entry.state) {
    case "received":
      if (entry.answer) return t("Répondu le {date}.", { date: formatDay(entry.answer.date) });
      return t("Reçue le {date}.", { date: formatDay(entry.receipt?.[0] ?? entry.day) });
    case "carried":
      return entry.carrier
        ? t("Portée par {carrier}, pas encore reçue.", { carrier: entry.carrier })
        : t("Arrivée, le reçu signé n’est pas encore là.");
    case "refused":
      return `${t("Refusée.")} ${entry.stuck?.sentence ?? refusedSentence(entry.stuck?.code ?? "")}`;
    default:
      return `${t("En attente d’envoi.")} ${waitingSentence(entry, now)}`.trim();
  }
}

function waitingSentence(entry: OutboxEntry, now: number): string {
  switch (entry.stuck?.code) {
    case undefined:
      return entry.public && entry.notBefore > now ? t("Elle partira à un moment au hasard.") : "";
    case "work":
      return t("Beaucoup de gens envoient : le téléphone calcule pour passer. Laissez la page ouverte.");
    case "disk-full":
      return t("Le serveur n’a plus de place : prévenez la coordination.");
    case "receipt-false":
      return t("Le serveur a donné un faux reçu : la fiche reste ici. Prévenez la coordination.");
    case "receipt-key":
      return t("Le reçu est signé par une clé nouvelle : mettez les pages à jour.");
    default:
      return t("Le serveur est occupé : nouvel essai bientôt.");
  }
}

function refusedSentence(code: string): string {
  switch (code) {
    case "device-unknown":
    case "device-missing":
    case "device-revoked":
    case "device-expired":
      return t("Ce téléphone n’est plus inscrit. Gardez la fiche et demandez un nouveau code à la coordination.");
    case "erased":
      return t("Elle a été effacée à la demande de quelqu’un.");
    case "form-unknown":
    case "version-unknown":
    case "site-other":
      return t("Le serveur ne connaît pas cette fiche. Gardez-la et prévenez la coordination.");
    case "submission-too-large":
      return t("Elle est trop lourde. Donnez-la en fichier à la coordination.");
    default:
      return t("Donnez-la en fichier à la coordination.");
  }
}

/** The sentence for a phone that is no longer enrolled. `day`: of the revocation, YYYY-MM-DD. */
export function revokedSentence(day: string): string {
  return t(
    "La coordination a retiré ce téléphone le {date} : ce qui est fini après ne part plus en son nom. Demandez-lui un nouveau code.",
    { date: formatDay(day) },
  );
}
