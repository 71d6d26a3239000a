/** Pictures and sounds that a form shows beside its words. They come from the network, or from what the browser kept of it. */
import type { Media, Texts } from "../../protocol/form";
import { element } from "../../ui/dom";

export function picture(media: Media | undefined, words: string, say: (texts: Texts) => string): HTMLElement[] {
  const made: HTMLElement[] = [];
  if (media?.image) made.push(element("img", { src: `/media/${say(media.image)}`, alt: "", loading: "lazy" }));
  if (media?.audio) made.push(element("audio", { src: `/media/${say(media.audio)}`, controls: true, preload: "none", "aria-label": words }));
  return made;
}
