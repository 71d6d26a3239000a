/** Images and sounds beside a form's texts: shown if stored on this phone, else loaded at a tap. */
import type { PhoneStore } from "../../db/store-contract";
import { isMediaKept, keepMedia } from "../../net/media-cache";
import type { LocalizedText, Media } from "../../protocol/form";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { mediaSentence } from "../../ui/refusal-sentences";

/** Renders the media beside a text; `say` chooses the language. */
export type MediaRenderer = (
  media: Media | undefined,
  label: string,
  say: (texts: LocalizedText) => string,
) => HTMLElement[];

export function createMediaRenderer(store: PhoneStore): MediaRenderer {
  return (media, label, say) => {
    const elements: HTMLElement[] = [];
    if (media?.image) elements.push(imageBox(store, `/media/${say(media.image)}`));
    if (media?.audio)
      elements.push(
        element("audio", { src: `/media/${say(media.audio)}`, controls: true, preload: "none", "aria-label": label }),
      );
    return elements;
  };
}

/** The image, or a button that loads it. */
function imageBox(store: PhoneStore, address: string): HTMLElement {
  const box = element("span", { class: "picture" });
  const show = () => fill(box, element("img", { src: address, alt: "" }));
  const status = element("small", { role: "status" });
  const loadButton = button(
    t("Voir l’image"),
    () => {
      loadButton.disabled = true;
      void keepMedia(store, address).then((end) => {
        loadButton.disabled = false;
        if (end === "kept") show();
        else status.textContent = mediaSentence(end);
      });
    },
    { class: "quiet" },
  );
  void isMediaKept(address).then((isKept) => (isKept ? show() : fill(box, loadButton, " ", status)));
  return box;
}
