/** Sentences for errors that prevent a form from opening or finishing. */
import { t } from "../../ui/i18n";

export function formErrorSentence(code: string): string {
  switch (code) {
    case "version-unknown":
      return t("Cette fiche demande une version plus récente de l’application. Mettez-la à jour, puis revenez.");
    case "form-damaged":
      return t("Cette fiche est arrivée abîmée. Allez dans « Mon téléphone », puis « Vérifier maintenant ».");
    case "draft-lost":
      return t("Cette fiche commencée ne s’ouvre plus sur ce téléphone.");
    case "no-edition":
      return t(
        "Ce téléphone n’a pas encore reçu les pages du site. Ouvrez l’application avec du réseau une fois, puis finissez : rien n’est perdu.",
      );
    case "not-enrolled":
      return t("Ce téléphone n’est pas inscrit : la fiche reste ici, et partira une fois le téléphone inscrit.");
    case "cannot-seal":
      return t(
        "Cette fiche doit être scellée, et la clé n’est pas encore arrivée sur ce téléphone. Mettez les pages à jour avec du réseau : rien n’est perdu.",
      );
    case "too-large":
      return t("Cette fiche est trop lourde. Enlevez une photo ou un enregistrement.");
    case "attachment-lost":
      return t("Une photo ou un enregistrement ne s’ouvre plus. Enlevez-le ou reprenez-le.");
    default:
      return t("Une réponse ne convient pas. Relisez la fiche.");
  }
}
