/**
 * All essential guides in a language that is heard, as one download by choice: its cost stands on the button, a cut
 * goes on where it stopped, and all of it can be removed.
 */
import type { PhoneStore } from "../../db/store-contract";
import { dropMedia, isMediaKept, keepMediaInPieces } from "../../net/media-cache";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";
import { mediaSentence } from "../../ui/refusal-sentences";

/** `sounds`: names under /media/, `OPUS` or `OPUS:AAC`, with spaces between. `cost`: size and price in words. */
export async function spokenLibrary(store: PhoneStore, sounds: string, cost: string): Promise<HTMLElement> {
  const playsOpus = element("audio").canPlayType("audio/ogg; codecs=opus") !== "";
  const addresses = sounds
    .split(" ")
    .map((entry) => entry.split(":"))
    .map(([opus, aac]) => `/media/${playsOpus || !aac ? opus : aac}`);
  const host = element("p", { role: "status" });
  const missing = async (): Promise<readonly string[]> => {
    const kept = await Promise.all(addresses.map(isMediaKept));
    return addresses.filter((_, index) => !kept[index]);
  };
  const offer = async (sentence = ""): Promise<void> => {
    const left = await missing();
    const drop = button(t("Enlever"), () => void Promise.all(addresses.map(dropMedia)).then(() => offer()), {
      class: "quiet",
    });
    if (left.length === 0) return fill(host, t("Ces sons sont gardés sur ce téléphone."), " ", drop);
    const keep = button(t("Tout garder pour écouter sans réseau ({cost})", { cost }), () => void download(left));
    fill(host, sentence, " ", keep, ...(left.length < addresses.length ? [drop] : []));
  };
  const download = async (left: readonly string[]): Promise<void> => {
    let done = addresses.length - left.length;
    const show = (bytes: number): void =>
      fill(host, t("{done} sur {all} · {size}", { done, all: addresses.length, size: formatBytes(bytes) }));
    show(0);
    for (const address of left) {
      const end = await keepMediaInPieces(store, address, show);
      if (end !== "kept")
        return offer(
          end === "broken"
            ? mediaSentence(end)
            : t("Le réseau a coupé. Appuyez encore : la suite reprend où elle s’est arrêtée."),
        );
      done += 1;
    }
    await offer();
  };
  await offer();
  return host;
}
