/** The proof log: what was seen, asked and who witnessed it; pictures with their digest, where any may be kept. */
import { type ProofEntry, type ProofFile, type UnfinishedEntry, keepsPictures } from "../../fieldwork/case-file";
import { localTime } from "../../fieldwork/field-session";
import { confirmButton } from "../../ui/confirmation";
import { element, pictogram } from "../../ui/dom";
import { formatDay, t } from "../../ui/i18n";
import { labelFor } from "../../ui/unlock";
import { type CaseScreens, actionRow, backButton } from "./case-screens";

const LARGEST_PICTURE = 8_000_000; // bytes
const PICTURES: Readonly<Record<ProofEntry["kind"], string>> = { seen: "eye", asked: "letter", witness: "people" };

export function proofScreen(page: CaseScreens): HTMLElement {
  const { content } = page.current;
  const kinds: readonly ProofEntry["kind"][] = ["seen", "asked", "witness"];
  const add = (kind: ProofEntry["kind"]) =>
    actionRow(PICTURES[kind], wordsOf(kind).title, () => void page.show(`entry-${kind}`));
  return element(
    "div",
    {},
    element("h2", { tabindex: -1 }, pictogram("note"), t("Mes preuves")),
    ...(keepsPictures(content.harm) ? [] : [page.broughtScreen("pictures")]),
    element("ul", { class: "rows" }, ...kinds.map(add)),
    element("ul", { class: "rows" }, ...content.entries.map((entry, index) => entryRow(page, entry, index))),
    backButton(page, "plan"),
  );
}

export function entryTitle({ kind }: ProofEntry): string {
  if (kind === "asked") return t("Demandé");
  return kind === "witness" ? t("Témoin") : t("Vu");
}

/** The lines of an entry, as they are shown and printed. */
export function entryLines(entry: ProofEntry): string[] {
  const { day, where, link, account, what, files } = entry;
  return [
    [day, where].filter(Boolean).join(", "),
    account,
    link,
    what,
    ...files.map(({ name, digest, taken }) =>
      t("Capture {name}, gardée le {moment}. SHA-256 : {digest}", { name, moment: taken.replace("T", " "), digest }),
    ),
  ].filter(Boolean);
}

function entryRow(page: CaseScreens, entry: ProofEntry, index: number): HTMLElement {
  const erase = async (): Promise<void> => {
    for (const file of entry.files) await page.current.dropPicture(file);
    await page.current.change({ entries: page.current.content.entries.filter((_, other) => other !== index) });
    await page.show("proof");
  };
  return element(
    "li",
    {},
    element("b", {}, entryTitle(entry)),
    ...entryLines(entry).map((line) => element("small", { "data-typed": "" }, line)),
    confirmButton(t("Effacer"), t("Oui, effacer"), () => void erase()),
  );
}

/** The screen on which one entry is written. */
export async function entryScreen(page: CaseScreens, kind: ProofEntry["kind"]): Promise<HTMLElement> {
  const { current, session } = page;
  const time = await localTime(session.store);
  const words = wordsOf(kind);
  const status = element("p", { role: "alert" });
  const fields = new Map<string, HTMLInputElement | HTMLTextAreaElement>();
  const question = (name: string, label: string, long = false): HTMLElement => {
    const attributes = { id: name, autocomplete: "off" }; // else a crash leaves the words in the profile
    const field = long ? element("textarea", { ...attributes, rows: 3 }) : element("input", attributes);
    fields.set(name, field);
    return element("div", { class: "question" }, labelFor(name, label), field);
  };
  const parts = [question("day", words.day), question("where", words.where)];
  if (kind === "seen")
    parts.push(question("account", t("Nom du compte, ou numéro")), question("link", t("Lien entier")));
  parts.push(question("what", words.what, true));
  const begun = current.content.unfinished?.[kind] ?? { day: kind === "witness" ? "" : formatDay(time.today) };
  for (const [name, field] of fields) field.value = (begun as Readonly<Record<string, string>>)[name] ?? "";
  const picker = element("input", { id: "pictures", type: "file", accept: "image/*", multiple: true });
  if (kind === "seen" && keepsPictures(current.content.harm))
    parts.push(
      element(
        "div",
        { class: "question" },
        labelFor("pictures", t("Captures d’écran")),
        element("br"),
        element(
          "small",
          {},
          t(
            "Elles sont gardées ici telles quelles, avec une suite de chiffres qui montre si on les retouche. L’original reste dans la galerie.",
          ),
        ),
        picker,
      ),
    );
  else if (kind === "seen") parts.push(page.broughtScreen("pictures"));
  const text = (name: string) => fields.get(name)?.value.trim() ?? "";
  const written = () => ({
    kind,
    day: text("day"),
    where: text("where"),
    link: text("link"),
    account: text("account"),
    what: text("what"),
  });
  const unfinished = (words?: UnfinishedEntry) => ({ ...current.content.unfinished, [kind]: words });
  const save = async (): Promise<void> => {
    const chosen = [...(picker.files ?? [])];
    if (!text("what") && !text("link") && chosen.length === 0) {
      status.textContent = t("Écrivez au moins une chose.");
      return;
    }
    if (chosen.some(({ size }) => size > LARGEST_PICTURE)) {
      status.textContent = t("Cette image est trop lourde.");
      return;
    }
    keep.disabled = true; // a second tap would keep the entry twice
    const files: ProofFile[] = [];
    for (const file of chosen) files.push(await current.attach(file, time.now));
    const entry = { ...written(), written: time.now, files };
    await current.change({ entries: [...current.content.entries, entry], unfinished: unfinished() });
    page.back("proof");
  };
  const full = () => {
    keep.disabled = false;
    status.textContent = t("Ce téléphone n’a plus de place. Rien n’est perdu de ce qui était gardé.");
  };
  const keep = element("button", {}, t("Garder"));
  const form = element("form", { autocomplete: "off" }, ...parts, status, keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save().catch(full);
  });
  const screen = element(
    "div",
    {},
    element("h2", { tabindex: -1 }, pictogram(PICTURES[kind]), words.title),
    form,
    backButton(page, "proof"),
  );
  // The words are kept as they are typed: while a link is copied in another app, the browser may drop the page.
  screen.addEventListener("input", () => {
    if (!keep.disabled) void current.change({ unfinished: unfinished(written()) }).catch(full);
  });
  return screen;
}

function wordsOf(kind: ProofEntry["kind"]): { title: string; day: string; where: string; what: string } {
  if (kind === "asked")
    return {
      title: t("J’ai demandé à quelqu’un"),
      day: t("Quel jour ?"),
      where: t("À qui ?"),
      what: t("Ce que vous avez demandé, et la réponse"),
    };
  if (kind === "witness")
    return {
      title: t("Quelqu’un est témoin"),
      day: t("Quel jour ?"),
      where: t("Son nom, comment le joindre"),
      what: t("Ce que cette personne a vu ou entendu"),
    };
  return {
    title: t("J’ai vu quelque chose"),
    day: t("Quel jour, à quelle heure ?"),
    where: t("Application ou site"),
    what: t("Ce que cela montre ou dit"),
  };
}
