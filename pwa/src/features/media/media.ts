/**
 * Loads a page's images and recordings, only after a tap; the text says what it costs. A tapped image is kept and
 * shown; a recording streams from the network, and a button of its own keeps it for offline use.
 */
import { hasWebCrypto } from "../../crypto/signature-verifier";
import type { PhoneStore } from "../../db/store-contract";
import { dropMedia, isMediaKept, keepMedia } from "../../net/media-cache";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { formatBytes, t } from "../../ui/i18n";
import { playableSource } from "../../ui/playable-sound";
import { mediaSentence } from "../../ui/refusal-sentences";

export const mount: Feature = async (host, store) => {
  if (!hasWebCrypto() || !("caches" in window)) return; // the link and the player serve
  const bytes = Number(host.dataset.bytes);
  const sound = host.querySelector("audio");
  if (sound) await mountSound(store, host, sound, bytes);
  else if (host instanceof HTMLAnchorElement) await mountLink(store, host, bytes);
};

async function mountLink(store: PhoneStore, link: HTMLAnchorElement, bytes: number): Promise<void> {
  const address = link.pathname;
  if (address.endsWith(".opus")) {
    const sound = element("audio", {
      controls: true,
      preload: "none",
      src: address,
      "aria-label": link.textContent ?? "",
    });
    const box = element("span", {}, sound, element("small", {}, link.textContent ?? ""));
    link.replaceWith(box);
    return mountSound(store, box, sound, bytes);
  }
  if (await isMediaKept(address)) return showImage(link);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    void keepMedia(store, address).then((end) => (end === "kept" ? showImage(link) : showProblem(link, end)));
  });
}

/** Replaces a link by its image; the text stays, for people who do not see it. */
function showImage(link: HTMLAnchorElement): void {
  link.replaceWith(element("img", { src: link.pathname, alt: link.textContent ?? "" }));
}

async function mountSound(store: PhoneStore, host: HTMLElement, sound: HTMLAudioElement, bytes: number): Promise<void> {
  const source = playableSource(sound);
  if (!source) {
    sound.replaceWith(t("Ce téléphone ne sait pas lire ce son."), " ");
    return;
  }
  const address = new URL(source, location.href).pathname;
  const box = element("span", { role: "status" });
  const offer = () => {
    const keepButton = button(
      t("Garder ce son hors ligne ({size})", { size: formatBytes(bytes) }),
      () => {
        keepButton.disabled = true;
        void keepMedia(store, address).then((end) => {
          if (end === "kept") return finish();
          showProblem(box, end);
          keepButton.disabled = false;
        });
      },
      { class: "quiet" },
    );
    fill(box, keepButton);
  };
  const finish = () => {
    const removeButton = button(t("Enlever"), () => void dropMedia(address).then(offer), { class: "quiet" });
    fill(box, t("Ce son est gardé sur ce téléphone."), " ", removeButton);
  };
  host.append(box);
  if (await isMediaKept(address)) finish();
  else offer();
}

function showProblem(beside: Element, end: "broken" | "interrupted"): void {
  beside.after(element("small", { role: "alert" }, mediaSentence(end)));
}
