/** Sentences for a hub's outcomes, and the hub that a QR code's address offers. */
import { t } from "../../ui/i18n";

/** The sentence for an outcome's kind, or for the code of a refusal. */
export function hubStatusSentence(outcome: string, hub: string, permission: string): string {
  switch (outcome) {
    case "head":
      return t("{hub} répond : ce téléphone a ce que le relais a de plus récent.", { hub });
    case "edition-older":
      return t("{hub} répond, mais ce téléphone a des pages plus récentes que lui.", { hub });
    case "unknown-channel":
      return t("{hub} n’a pas les pages de cette langue.", { hub });
    case "busy":
      return t("{hub} est occupé. Réessayez dans un moment.", { hub });
    case "storage-full":
      return t("Ce téléphone n’a plus de place. Ce qui était là reste lisible.");
    case "interrupted":
      if (permission === "denied")
        return t(
          "Le navigateur empêche ce site de parler au relais. Dans ses réglages pour ce site, permettez l’accès au réseau local, puis réessayez.",
        );
      return t("{hub} ne répond pas d’ici. Êtes-vous sur son Wi-Fi ? Ce téléphone réessaiera de lui-même.", { hub });
    default:
      return t(
        "{hub} a donné des pages qui ne sont pas celles de ce site : rien n’en est gardé. Prévenez la coordination.",
        { hub },
      );
  }
}

/** The hub in an address's `#hub=https://name`, "" for none. */
export function offeredHub(hash: string): string {
  return /^#hub=(https:\/\/[a-z0-9.-]+(?::\d{1,5})?)$/.exec(hash)?.[1] ?? "";
}
