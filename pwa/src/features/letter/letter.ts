/**
 * Fills in a complaint letter on the phone: words appear in the letter as they are typed; then it is copied, shared
 * or printed. Nothing is sent. Words that the letter marks as sensitive are not stored even while the tab is open.
 */
import sheet from "../../css/forms.css";
import { localTime } from "../../fieldwork/field-session";
import { dropLetterDraft, readLetterDraft, saveLetterDraft } from "../../fieldwork/letter-draft";
import { button, element } from "../../ui/dom";
import type { Feature } from "../../ui/feature";
import { addStyles } from "../../ui/feature-styles";
import { formatDay, t } from "../../ui/i18n";
import { labelFor, quickExitButton } from "../../ui/unlock";

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
  const heading = list?.previousElementSibling;
  const note = host.previousElementSibling;
  if (!list || !heading || !note) return; // a letter without placeholders
  addStyles(sheet);
  const placeholders = [...list.querySelectorAll("li")].map((item) => parsePlaceholder(item, host));
  const status = element("p", { role: "status" });
  const fields = placeholders.map(
    (placeholder, index) => new Field(placeholder, `hole-${index}`, () => (status.textContent = "")),
  );
  const draft = readLetterDraft();
  const { today } = await localTime(store);
  for (const field of fields)
    field.setText(draft[field.placeholder.label] ?? (field.placeholder.name === "date" ? formatDay(today) : ""));
  const erase = () => {
    dropLetterDraft();
    for (const field of fields) field.setText("");
    status.textContent = t("Vos mots sont effacés.");
    fields[0]?.input.focus();
  };
  note.textContent = t(
    "Écrivez vos mots ici : la lettre se remplit toute seule, plus bas. Rien ne part de ce téléphone.",
  );
  const form = element(
    "form",
    { autocomplete: "off" },
    heading,
    ...fields.map(({ element: field }) => field),
    element("h2", {}, t("Votre lettre")),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  list.remove();
  host.before(form);
  host.after(element("p", {}, ...letterActions(host, fields, status)), status, privacyNote(erase));
};

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

/** The sentence about placeholders left empty, "" for none. */
function remainingSentence(fields: readonly Field[]): string {
  const empty = fields.filter(({ isEmpty }) => isEmpty).map(({ placeholder }) => placeholder);
  const missing = empty.filter(({ required }) => required).map(({ label }) => label);
  if (missing.length > 0) return t("Il manque encore : {labels}.", { labels: missing.join(", ") });
  return empty.length > 0 ? t("Avant de l’envoyer, enlevez ce qui reste entre crochets.") : "";
}

function privacyNote(erase: () => void): HTMLElement {
  const explanation = t(
    "Tant que cette fenêtre reste ouverte, vos mots servent aussi aux autres lettres, sauf votre nom et ce qui est délicat. La fermer les efface.",
  );
  return element(
    "div",
    {},
    element("small", {}, explanation),
    element("p", {}, button(t("Effacer mes mots"), erase, { class: "quiet" }), quickExitButton(dropLetterDraft)),
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
    onChange: () => void,
  ) {
    const { label, hint, required } = placeholder;
    this.input = element("textarea", { id, rows: 1, "aria-describedby": `${id}-hint` });
    this.input.addEventListener("input", () => {
      this.updateLetter();
      if (!placeholder.sensitive) saveLetterDraft({ [placeholder.label]: this.input.value });
      onChange();
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

  get isEmpty(): boolean {
    return this.input.value.trim() === "";
  }

  setText(text: string): void {
    this.input.value = text;
    this.updateLetter();
  }

  /** Writes the words into the letter, and gives the input as many lines as they need. */
  private updateLetter(): void {
    const text = this.input.value.trim();
    for (const mark of this.placeholder.marks) {
      mark.textContent = text || `[${this.placeholder.label}]`;
      mark.style.textDecoration = text ? "none" : "";
    }
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 4}px`;
  }
}
