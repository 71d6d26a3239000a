/**
 * "Cela vous a-t-il aidé ?" under a guide: an anonymous report in one tap, offline too. The question is a form that
 * the site publishes.
 */
import { hasWebCrypto, verifier } from "../../crypto/signature-verifier";
import type { PhoneStore } from "../../db/store-contract";
import { type Form, type Question, readForm } from "../../protocol/form";
import { formPart } from "../../protocol/form-parts";
import { isRefusal } from "../../protocol/refusal";
import { currentLocation } from "../../ui/current-page";
import { button, element } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { t } from "../../ui/i18n";

/** Slug of the form, with a choice `aide` and a text `page`; a site without it shows no question. */
const FORM = "utilite";

export const mount: Feature = async (host, store) => {
  const { page, lang } = currentLocation();
  if (!page || !store.isLasting || !hasWebCrypto()) return;
  const published = await readPublishedForm(store, page.channel);
  if (!published) return;
  const { form, version } = published;
  const aide = findQuestion(form, "aide");
  if (!aide?.list || !findQuestion(form, "page")) return;
  const translate = (texts: Form["title"]): string => {
    const text = texts[lang] ?? texts[form.lang];
    return typeof text === "string" ? text : "";
  };
  const status = element("p", { role: "status" });
  const row = element("p");
  const tell = async (name: string): Promise<void> => {
    row.remove();
    const { saveReport } = await import("./one-tap-report");
    const spoken = form.languages.includes(lang) ? lang : form.lang;
    const isSaved = await saveReport(store, page.channel, {
      form,
      version,
      title: translate(form.title),
      lang: spoken,
      answers: { page: page.path, aide: name },
    });
    status.textContent = isSaved
      ? t("Merci. Votre avis partira plus tard, sans rien qui vous désigne.")
      : t("Cet avis n’a pas pu être gardé.");
  };
  for (const { name, label } of form.choices[aide.list] ?? [])
    row.append(button(translate(label), () => void tell(name), { class: "quiet" }));
  host.append(
    element("div", { class: "note" }, element("p", {}, element("b", {}, translate(form.title))), row, status),
  );
};

/** The form from this phone's verified pages; null for none. */
async function readPublishedForm(
  store: PhoneStore,
  channel: string,
): Promise<{ readonly form: Form; readonly version: string } | null> {
  const body = (await store.page(channel, `forms/${FORM}`))?.body ?? "";
  const [, version] = /\bdata-version=["']?([\w-]{43})/.exec(body) ?? [];
  const text = formPart(body, 1);
  const form = version && text ? await readForm(verifier, text, version) : null;
  return form && !isRefusal(form) && version ? { form, version } : null;
}

function findQuestion({ items }: Form, name: string): Question | undefined {
  return items.find((item): item is Question => "q" in item && item.q === name);
}
