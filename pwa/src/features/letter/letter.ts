/**
 * Fills in a complaint letter on the phone: words appear in the letter as they are typed; then it is copied, shared
 * or printed. Nothing is sent. Words that the letter marks as sensitive are not stored even while the tab is open; those
 * of a case (`#case=…` in the address) are stored in that case alone, and nowhere if it is not kept (`#case=`).
 */
import sheet from "../../css/forms.css";
import type { PhoneStore } from "../../db/store-contract";
import type { CaseLetter } from "../../fieldwork/case-letter";
import { localTime, openFieldSession } from "../../fieldwork/field-session";
import { dropLetterDraft, readLetterDraft, saveLetterDraft } from "../../fieldwork/letter-draft";
import { afterArticle } from "../../protocol/letter-lines";
import { button, element } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { labelFor, lockWhenIdle, requireUnlock } from "../../ui/unlock";
import { LetterText } from "./letter-text";

/** A placeholder in the letter for the person's words. */
interface Placeholder {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  readonly sensitive: boolean;
  /** Its elements in the letter, with words in brackets until they are filled. */
  readonly marks: readonly HTMLElement[];
}

export const mount: Feature = async (host, store) => {
  const list = document.querySelector("main ul[data-holes]");
  const form = list?.closest("form");
  const note = form?.previousElementSibling;
  if (!list || !form || !note) return; // a letter without placeholders
  addStyles(sheet);
  const placeholders = [...list.querySelectorAll("li")].map((item) => parsePlaceholder(item, host));
  const status = element("p", { role: "status" });
  const [, id] = /^#case=([\w-]*)$/.exec(location.hash) ?? [];
  const known = await (id ? caseLetter(host, store, id) : null);
  if (known?.region) (await import("./nearest-addressee")).addressNearest(host, known.region);
  const fields = placeholders.map(
    (placeholder, index) =>
      new Field(placeholder, `hole-${index}`, ({ label, sensitive }, text) => {
        if (known) known.save(label, text);
        else if (!sensitive && id === undefined) saveLetterDraft({ [label]: text });
        letter.update();
        status.textContent = "";
      }),
  );
  const letter = new LetterText(host, fields);
  const draft = id === undefined ? readLetterDraft() : {};
  const { today } = await localTime(store);
  for (const field of fields) {
    const { name, label } = field.placeholder;
    const words = known ? known.valueOf(name, label) : draft[label];
    field.setText(words || (name === "date" ? formatDay(today) : ""));
  }
  letter.update();
  const erase = () => {
    dropLetterDraft();
    for (const field of fields) {
      field.setText("");
      known?.save(field.placeholder.label, "");
    }
    letter.update();
    status.textContent = t("Vos mots sont effacés.");
    fields[0]?.input.focus();
  };
  note.textContent = t(
    "Écrivez vos mots ici : la lettre se remplit toute seule, plus bas. Rien ne part de ce téléphone.",
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  list.replaceWith(...fields.map(({ element: field }) => field));
  for (const field of fields) field.fitHeight();
  host.after(
    element("p", {}, ...letterActions(host, fields, status)),
    status,
    privacyNote(erase, id === undefined ? null : (known?.keepsWords ?? false)),
  );
  if (id) host.before(backToCase(id));
};

/** The letter's place in a case, once that is open; null where the case is gone. */
async function caseLetter(host: HTMLElement, store: PhoneStore, id: string): Promise<CaseLetter | null> {
  const session = await openFieldSession(store);
  const question = element("div");
  host.before(question);
  await requireUnlock(question, session.vault);
  question.remove();
  lockWhenIdle(session.vault, () => location.reload());
  return (await import("../../fieldwork/case-letter")).openCaseLetter(session, id);
}

function backToCase(id: string): HTMLElement {
  const link = element("a", { class: "go", href: `../case#case=${id}` }, t("Retour à ma démarche"));
  return element("p", {}, link);
}

/** Buttons to copy, share and print, as far as the browser can. */
function letterActions(letter: HTMLElement, fields: readonly Field[], status: HTMLElement): HTMLElement[] {
  const tell = (sentence: string) => (status.textContent = `${sentence} ${remainingSentence(fields)}`.trim());
  const copying = () =>
    void copyLetter(letter).then((isCopied) =>
      tell(
        isCopied
          ? t("La lettre est copiée. Collez-la là où vous l’envoyez.")
          : t("Touchez longtemps la lettre pour la copier."),
      ),
    );
  const buttons = [button(t("Copier la lettre"), copying)];
  if ("share" in navigator)
    buttons.push(
      button(
        t("Partager"),
        () =>
          void navigator.share({ text: letter.textContent ?? "" }).then(
            () => tell(""),
            () => undefined,
          ),
      ),
    );
  buttons.push(button(t("Imprimer"), () => print(), { class: "quiet" }));
  return buttons;
}

/** The sentence about placeholders that must be filled, "" if all are. */
function remainingSentence(fields: readonly Field[]): string {
  const missing = fields.filter(({ isEmpty, required }) => required && isEmpty);
  if (missing.length === 0) return "";
  return t("Il manque encore : {labels}.", {
    labels: missing.map(({ placeholder }) => placeholder.label).join(", "),
  });
}

/** `inCase`: whether the case keeps words; null for a letter without a case. */
function privacyNote(erase: () => void, inCase: boolean | null): HTMLElement {
  const explanation =
    inCase === null
      ? t(
          "Tant que cette fenêtre reste ouverte, vos mots servent aussi aux autres lettres, sauf votre nom et ce qui est délicat. La fermer les efface, mais le navigateur peut en laisser une trace dans ses fichiers.",
        )
      : inCase
        ? t("Vos mots sont gardés dans votre dossier, sous votre code. Ils servent aux autres lettres.")
        : t("Vos mots restent sur cette page. La quitter les efface.");
  return element(
    "div",
    {},
    element("small", {}, explanation),
    element("p", {}, button(t("Effacer mes mots"), erase, { class: "quiet" })),
  );
}

async function copyLetter(letter: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(letter.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(letter); // older browsers, and those that ask and are refused
    return document.execCommand("copy");
  }
}

function parsePlaceholder(item: HTMLElement, letter: HTMLElement): Placeholder {
  const { hole: name = "", must, secret } = item.dataset;
  const [label, ...hint] = [...item.childNodes]
    .filter((node) => node.nodeName !== "BR")
    .map((node) => node.textContent ?? "");
  const marks = [...letter.querySelectorAll<HTMLElement>("u")].filter((mark) => mark.dataset.hole === name);
  return {
    name,
    label: label ?? name,
    hint: hint.join(" "),
    required: must !== undefined,
    sensitive: secret !== undefined,
    marks,
  };
}

class Field {
  readonly element: HTMLElement;
  readonly input: HTMLTextAreaElement;

  constructor(
    readonly placeholder: Placeholder,
    id: string,
    onChange: (placeholder: Placeholder, text: string) => void,
  ) {
    const { label, hint, required } = placeholder;
    this.input = element("textarea", {
      id,
      rows: 1,
      "aria-describedby": `${id}-hint`,
    });
    this.input.addEventListener("input", () => {
      this.updateLetter();
      onChange(placeholder, this.input.value);
    });
    const inputLabel = labelFor(id, required ? label : `${label} (${t("facultatif")})`);
    this.element = element(
      "div",
      { class: "question" },
      element("b", {}, inputLabel),
      element("br"),
      element("small", { id: `${id}-hint` }, hint),
      this.input,
    );
  }

  get required(): boolean {
    return this.placeholder.required;
  }

  get marks(): readonly HTMLElement[] {
    return this.placeholder.marks;
  }

  get isEmpty(): boolean {
    return this.input.value.trim() === "";
  }

  setText(text: string): void {
    this.input.value = text;
    this.updateLetter();
  }

  /** Writes the words into the letter. */
  private updateLetter(): void {
    const text = this.input.value.trim();
    const { label, marks } = this.placeholder;
    const blank = `[${label}]`;
    for (const mark of marks) {
      mark.textContent = afterArticle(mark.previousSibling?.textContent ?? "", text) || blank;
      mark.dataset.typed = text ? label : blank;
      mark.style.textDecoration = text ? "none" : "";
    }
    this.fitHeight();
  }

  /** Gives the input as many lines as its words need; before it stands on the page none can be measured. */
  fitHeight(): void {
    this.input.style.height = "auto";
    if (this.input.isConnected) this.input.style.height = `${this.input.scrollHeight + 4}px`;
  }
}
