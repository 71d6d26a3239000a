/** The offer to store a form's images and sounds for offline use. */
import type { PhoneStore } from "../../db/store-contract";
import { isMediaKept, keepMedia } from "../../net/media-cache";
import type { Form, FormItem, LocalizedText, Media } from "../../protocol/form";
import { button, element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";
import { mediaSentence } from "../../ui/refusal-sentences";

/** Fills `host` with the offer, unless the form has no media or all are stored. */
export async function offerPrefetch(host: HTMLElement, store: PhoneStore, form: Form, lang: string): Promise<void> {
  if (!("caches" in window)) return;
  const missing: string[] = [];
  for (const name of mediaNames(form, lang)) if (!(await isMediaKept(`/media/${name}`))) missing.push(`/media/${name}`);
  if (missing.length === 0) return;
  const status = element("small", { role: "status" });
  const keepButton = button(
    t("Garder hors ligne les images et les sons de cette fiche ({n})", { n: missing.length }),
    () => {
      keepButton.disabled = true;
      void keepAll(store, missing).then((sentence) => {
        keepButton.disabled = false;
        if (missing.length === 0) keepButton.remove();
        status.textContent = sentence;
      });
    },
    { class: "quiet" },
  );
  fill(host, keepButton, " ", status);
}

/** Stores the media and returns the sentence to show; stored ones are removed from `missing`. */
async function keepAll(store: PhoneStore, missing: string[]): Promise<string> {
  for (let address = missing[0]; address !== undefined; address = missing[0]) {
    const result = await keepMedia(store, address);
    if (result !== "kept") return mediaSentence(result);
    missing.shift();
  }
  return t("Gardés : la fiche les montre aussi sans réseau.");
}

function mediaNames({ items, choices, lang: formLang }: Form, lang: string): Set<string> {
  const localizedTexts = [...Object.values(choices).flat(), ...questions(items)].flatMap(({ media }) => [
    media?.image,
    media?.audio,
  ]);
  const names = localizedTexts.map((texts: LocalizedText | undefined) => texts?.[lang] ?? texts?.[formLang]);
  return new Set(names.filter((name): name is string => typeof name === "string"));
}

function* questions(items: readonly FormItem[]): Generator<{ readonly media?: Media }> {
  for (const item of items) {
    if ("q" in item) yield item;
    else yield* questions(item.items);
  }
}
