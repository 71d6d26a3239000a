/** A sentence for phones that cannot read this page aloud: nothing shows a button that would stay silent. */

const PATIENCE = 4_000; // ms in which a phone names its voices

/** The sentence, which shows once the page has had no player for a while, and goes when one comes. */
export function missingVoiceNotice(note: HTMLElement): HTMLElement {
  note.className = "note screen";
  note.hidden = true;
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
