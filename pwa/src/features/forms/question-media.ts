/** Images and sounds beside a form's texts: shown if stored on this phone, else loaded at a tap. */
import type { PhoneStore } from "../../db/store-contract";
import { isMediaKept, keepMedia } from "../../net/media-cache";
import type { LocalizedText, Media } from "../../protocol/form";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { mediaSentence } from "../../ui/refusal-sentences";

/** Renders the media beside a text; `translate` chooses the language. */
export type MediaRenderer = (
  media: Media | undefined,
  label: string,
  translate: (texts: LocalizedText) => string,
) => HTMLElement[];

export function createMediaRenderer(store: PhoneStore): MediaRenderer {
  return (media, label, translate) => {
    const elements: HTMLElement[] = [];
    if (media?.audio)
      elements.push(
        element("audio", {
          src: `/media/${translate(media.audio)}`,
          controls: true,
          preload: "none",
          "aria-label": label,
        }),
      );
    if (media?.image) elements.push(imageBox(store, `/media/${translate(media.image)}`));
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
      void keepMedia(store, address).then((result) => {
        loadButton.disabled = false;
        if (result === "kept") show();
        else status.textContent = mediaSentence(result);
      });
    },
    { class: "quiet" },
  );
  void isMediaKept(address).then((isKept) => (isKept ? show() : fill(box, loadButton, " ", status)));
  return box;
}
