/** Advice on a message that no notice fits, by the kind of message that its words tell. */
import { messageTokens } from "../../claims/message-tokens";
import { keyOf } from "../../claims/message-words";
import { terms } from "../../protocol/folding";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

interface Advice {
  readonly words: string;
  readonly title: () => string;
  readonly steps: () => readonly string[];
}

const ADVICE: readonly Advice[] = [
  {
    words:
      "argent francs wari payer sara frais somme prêt acompte crédit compte code gagner prix million dépôt solde transfert orange",
    title: () => t("Il parle d’argent ou d’un code"),
    steps: () => [
      t("On vous demande de payer d’abord, ou de donner un code ? Ne faites ni l’un ni l’autre."),
      t("Appelez vous-même l’opérateur ou la personne, à un numéro que vous connaissez déjà."),
    ],
  },
  {
    words: "maladie fura remède guérir soigner vaccin médecin docteur manger boire santé bana médicament plante",
    title: () => t("Il parle de santé"),
    steps: () => [
      t("Ne changez rien à un traitement à cause d’un message."),
      t("Demandez au centre de santé ou à l’agent de santé du village."),
    ],
  },
  {
    words: "photo image vidéo ja film images",
    title: () => t("C’est une photo ou une vidéo"),
    steps: () => [
      t("Qui l’a prise, où et quel jour ? Une vieille image revient souvent avec un nouveau texte."),
      t("Cherchez les panneaux, la saison, les vêtements."),
    ],
  },
  {
    words: "vocal audio voix écoutez kan enregistrement fuyez attaque arrivent danger boli",
    title: () => t("C’est une voix, ou un danger annoncé"),
    steps: () => [
      t("La voix dit-elle son nom, le lieu et le jour ?"),
      t("Appelez quelqu’un sur place. En danger, mettez-vous d’abord à l’abri."),
    ],
  },
  {
    words:
      "lettre communiqué décret ministre ministère gouvernement tampon signature officiel sɛbɛn taxe amende interdit férié",
    title: () => t("C’est une lettre ou une annonce officielle"),
    steps: () => [
      t("Un logo et un tampon se copient. Cherchez la même annonce à la radio ou au bureau du service."),
      t("Lisez la date et le nom de celui qui signe."),
    ],
  },
  {
    words: "emploi travail baara recrutement poste visa bourse voyage diplôme étranger formation concours",
    title: () => t("Il promet un travail, un papier ou un voyage"),
    steps: () => [
      t("Un vrai employeur et une vraie ambassade ne font pas payer par téléphone."),
      t("Allez demander au bureau lui-même."),
    ],
  },
];
const GENERAL: Advice = {
  words: "",
  title: () => t("Pour tout message"),
  steps: () => [t("Qui l’a écrit le premier, et comment le sait-il ?"), t("Deux médias sérieux le disent-ils aussi ?")],
};

/** Advice of the kinds that the words tell, else of any message. */
export function adviceFor(message: string): HTMLElement[] {
  const said = new Set(messageTokens(message).tokens.keys());
  const kinds = ADVICE.filter(({ words }) => terms(words).some((word) => said.has(keyOf(word))));
  return [...kinds.slice(0, 2), GENERAL].map(({ title, steps }) =>
    element(
      "div",
      {},
      element("h3", {}, title()),
      element("ul", {}, ...steps().map((step) => element("li", {}, step))),
    ),
  );
}
