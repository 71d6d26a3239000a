/** Mounts the page of settings: text size and colours, and the languages that the person hears. */
import sheet from "../../css/forms.css";
import type { PhoneStore } from "../../db/store-contract";
import { button, element, fill } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { t } from "../../ui/i18n";
import { chooseLook, readLook } from "../../ui/look";
import { spokenLibrary } from "./spoken-library";

const SIZES = [85, 100, 125, 150, 200] as const; // percent

export const mount: Feature = async (host, store) => {
  addStyles(sheet);
  if (host.dataset.heard === undefined) return mountLook(host, store);
  await mountHeard(host, store, host.dataset.heard);
};

function mountLook(host: HTMLElement, store: PhoneStore): void {
  const show = (): void => {
    const { size, theme } = readLook();
    const place = SIZES.findIndex((each) => each >= size);
    const resize = (step: number): void => change({ size: SIZES[place + step] ?? size });
    const smaller = button(t("A− Plus petit"), () => resize(-1), { class: "quiet", disabled: place <= 0 });
    const larger = button(t("A+ Plus grand"), () => resize(1), { disabled: place >= SIZES.length - 1 });
    const themes = [
      ["", t("Comme le téléphone")],
      ["light", t("Clair")],
      ["dark", t("Sombre")],
    ] as const;
    fill(
      host,
      element("h2", {}, t("Taille du texte")),
      element("p", {}, smaller, larger),
      element("h2", {}, t("Couleurs")),
      element(
        "p",
        {},
        ...themes.map(([name, label]) =>
          button(label, () => change({ theme: name }), {
            class: name === theme ? "" : "quiet",
            "aria-pressed": String(name === theme),
          }),
        ),
      ),
    );
  };
  const change = (part: Partial<ReturnType<typeof readLook>>): void => {
    const focused = [...host.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    const look = { ...readLook(), ...part };
    chooseLook(look);
    void store.changeSetting("look", () => look.size !== 100 || look.theme !== "").catch(() => undefined);
    show();
    host.querySelectorAll("button")[focused]?.focus();
  };
  show();
}

/** A language that the person hears: chosen or not, and all its essential guides as one download. */
async function mountHeard(host: HTMLElement, store: PhoneStore, lang: string): Promise<void> {
  const heard = (await store.setting("heard").catch(() => undefined)) ?? [];
  const box = element("input", { type: "checkbox", id: `heard-${lang}` });
  box.checked = heard.includes(lang);
  box.addEventListener("change", () => {
    const others = (langs: readonly string[] = []) => langs.filter((each) => each !== lang);
    void store.changeSetting("heard", (langs) => (box.checked ? [...others(langs), lang] : others(langs)));
  });
  host.append(
    element(
      "div",
      { class: "choices" },
      element("label", { for: box.id }, box, element("span", {}, t("J’entends cette langue"))),
    ),
    await spokenLibrary(store, host.dataset.sounds ?? "", host.dataset.cost ?? ""),
  );
}
