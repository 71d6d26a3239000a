/** Controls of typed answers. `autocomplete=off` everywhere: the browser must not store answers. */
import { MAX_TEXT_LENGTH } from "../../protocol/answers";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

export function textControl({ question, id, describedBy, answer, change }: ControlContext): Control {
  const appearance = new Set(question.appearance);
  const attributes = { id, autocomplete: "off", "aria-describedby": describedBy, maxlength: MAX_TEXT_LENGTH };
  const field = appearance.has("multiline")
    ? element("textarea", { ...attributes, rows: 5 })
    : element("input", { ...attributes, ...(appearance.has("numbers") ? { inputmode: "numeric" } : {}) });
  field.value = typeof answer === "string" ? answer : "";
  field.addEventListener("input", () => void change(field.value.trim() === "" ? undefined : field.value));
  return { element: field, isSet: false, focus: () => field.focus() };
}

export function integerControl(context: ControlContext): Control {
  return inputControl(
    context,
    { inputmode: "numeric" },
    (field) => numberText(field).replace(/^\+(?=\d)/, ""),
    () => t("Écrivez un nombre entier, en chiffres."),
  );
}

export function decimalControl(context: ControlContext): Control {
  return inputControl(context, { inputmode: "decimal" }, numberText, () => t("Écrivez un nombre, en chiffres."));
}

export function dateControl(context: ControlContext): Control {
  return inputControl(
    context,
    { type: "date" },
    (field) => (isPlain(field) ? normalizeDate(field.value.trim()) : field.value),
    () => t("Écrivez le jour ainsi : 24/11/2026."),
  );
}

export function timeControl(context: ControlContext): Control {
  return inputControl(
    context,
    { type: "time" },
    (field) => (isPlain(field) ? normalizeTime(field.value.trim()) : field.value.slice(0, 5)),
    () => t("Écrivez l’heure ainsi : 08:30."),
  );
}

export function datetimeControl(context: ControlContext): Control {
  return inputControl(
    context,
    { type: "datetime-local" },
    (field) => (isPlain(field) ? normalizeDateTime(field.value.trim()) : field.value.slice(0, 16)),
    () => t("Écrivez le jour et l’heure ainsi : 24/11/2026 08:30."),
  );
}

/** An input whose text the question's type parses. `advice` is shown beside a text that is no answer. */
function inputControl(
  { question, id, describedBy, answer, change }: ControlContext,
  attributes: Record<string, string>,
  readText: (field: HTMLInputElement) => string,
  advice: () => string,
): Control {
  const field = element("input", { id, autocomplete: "off", "aria-describedby": describedBy, ...attributes });
  field.value = String(answer ?? "");
  field.addEventListener("input", () => {
    const text = readText(field);
    const value = QUESTION_TYPES[question.type].parse(text, question);
    void change(value, text === "" || value !== undefined ? undefined : advice());
  });
  return { element: field, isSet: false, focus: () => field.focus() };
}

function numberText({ value }: HTMLInputElement): string {
  return value.replace(/[\s\u202f\u00a0]/g, "").replace(",", ".");
}

/** True if the browser has no calendar and shows a plain field: people then write the day as they do on paper. */
function isPlain({ type }: HTMLInputElement): boolean {
  return type === "text";
}

const PAPER_DATE = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}[:h]\d{2}))?$/;

function normalizeDate(text: string): string {
  const [, day = "", month = "", year = ""] = PAPER_DATE.exec(text) ?? [];
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : text.slice(0, 10);
}

function normalizeTime(text: string): string {
  return text.replace("h", ":").replace(/^\d:/, "0$&");
}

function normalizeDateTime(text: string): string {
  return `${normalizeDate(text)}T${normalizeTime(PAPER_DATE.exec(text)?.[4] ?? "") || text.slice(11)}`;
}
