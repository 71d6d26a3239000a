/** A sentence for phones that cannot read this page aloud: nothing shows a button that would stay silent. */
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";

const PATIENCE = 4_000; // ms in which a phone names its voices

/** The sentence, which shows once the page has had no player for a while, and goes when one comes. */
export function missingVoiceNotice(): HTMLElement {
  const sentence = t(
    "Ce téléphone n’a pas de voix pour lire cette page. Une personne de confiance peut la lire avec vous.",
  );
  const note = element("p", { class: "note screen", hidden: true }, sentence);
  const player = document.querySelector("[data-feature=listen]");
  const update = () => {
    note.hidden = player?.firstChild !== null;
  };
  setTimeout(() => {
    update();
    if (player) new MutationObserver(update).observe(player, { childList: true });
  }, PATIENCE);
  return note;
}
