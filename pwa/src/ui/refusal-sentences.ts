/** Sentences for refusals and for media that did not arrive. */
import type { RefusalCode } from "../protocol/refusal";
import { t } from "./i18n";

/** The sentence for an image or a recording that did not arrive. */
export function mediaSentence(end: "broken" | "interrupted"): string {
  return end === "broken" ? t("Ce fichier a été abîmé ou modifié en chemin.") : t("Le réseau a coupé. Réessayez.");
}

export function refusalSentence(code: RefusalCode): string {
  return `${reasonSentence(code)} ${t("Rien n’a changé sur ce téléphone.")}`;
}

function reasonSentence(code: RefusalCode): string {
  switch (code) {
    case "version-unknown":
      return t("Une mise à jour de l’application est nécessaire pour lire les nouvelles pages.");
    case "edition-older":
      return t("Le réseau a donné des pages plus anciennes que celles de ce téléphone.");
    case "rotation-not-committed":
    case "other-epoch":
    case "next-key-changed":
      return t("Ces pages sont signées par une clé que ce téléphone ne connaît pas.");
    case "other-site":
    case "other-channel":
      return t("Le réseau a donné les pages d’un autre site ou d’une autre langue.");
    case "signature-false":
    case "statement-malformed":
      return t("La signature des nouvelles pages est fausse.");
    default:
      return t("Les nouvelles pages ont été abîmées ou modifiées en chemin.");
  }
}
