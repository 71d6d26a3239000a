/** Controls for typed answers. `autocomplete=off` everywhere: the browser must not store them in its own files. */
import { MAX_TEXT_LENGTH, isTextOfType, normalizeDecimal } from "../../protocol/answers";
import { element } from "../../ui/dom";
import { t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

export function textControl({ question, id, describedBy, answer, change }: ControlContext): Control {
  const looks = new Set(question.appearance);
  const attributes = { id, autocomplete: "off", "aria-describedby": describedBy, maxlength: MAX_TEXT_LENGTH };
  const field = looks.has("multiline")
    ? element("textarea", { ...attributes, rows: 5 })
    : element("input", { ...attributes, ...(looks.has("numbers") ? { inputmode: "numeric" } : {}) });
  field.value = typeof answer === "string" ? answer : "";
  field.addEventListener("input", () => void change(field.value.trim() === "" ? undefined : field.value));
  return { element: field, isSet: false, focus: () => field.focus() };
}

export function numberControl({ question, id, describedBy, answer, change }: ControlContext): Control {
  const whole = question.type === "integer";
  const field = element("input", {
    id,
    autocomplete: "off",
    "aria-describedby": describedBy,
    inputmode: whole ? "numeric" : "decimal",
  });
  field.value = answer === undefined ? "" : String(answer);
  field.addEventListener("input", () => {
    const text = field.value.replace(/[\s\u202f\u00a0]/g, "").replace(",", ".");
    if (text === "") return void change(undefined);
    const number = whole ? parseInteger(text) : normalizeDecimal(text);
    void change(
      number,
      number === undefined
        ? whole
          ? t("Écrivez un nombre entier, en chiffres.")
          : t("Écrivez un nombre, en chiffres.")
        : undefined,
    );
  });
  return { element: field, isSet: false, focus: () => field.focus() };
}

function parseInteger(text: string): number | undefined {
  const number = /^[-+]?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

const FIELDS = { date: "date", time: "time", datetime: "datetime-local" } as const;

export function dateControl({ question, id, describedBy, answer, change }: ControlContext): Control {
  const type = question.type as keyof typeof FIELDS;
  const field = element("input", { id, type: FIELDS[type], autocomplete: "off", "aria-describedby": describedBy });
  field.value = typeof answer === "string" ? answer : "";
  field.addEventListener("input", () => {
    const text =
      field.type === "text"
        ? normalizeTypedDate(type, field.value.trim())
        : field.value.slice(0, type === "time" ? 5 : 16);
    if (text === "") return void change(undefined);
    void change(isTextOfType(type, text) ? text : undefined, isTextOfType(type, text) ? undefined : EXAMPLES[type]());
  });
  return { element: field, isSet: false, focus: () => field.focus() };
}

/** Browsers without a calendar show a plain field: people then write the day as they do on paper. */
function normalizeTypedDate(type: keyof typeof FIELDS, text: string): string {
  const [, day = "", month = "", year = "", time = ""] =
    /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}[:h]\d{2}))?$/.exec(text) ?? [];
  const clock = (type === "time" ? text : time).replace("h", ":").replace(/^\d:/, "0$&");
  if (type === "time") return clock;
  const date = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : text.slice(0, 10);
  return type === "date" ? date : `${date}T${clock || text.slice(11)}`;
}

const EXAMPLES = {
  date: () => t("Écrivez le jour ainsi : 24/11/2026."),
  time: () => t("Écrivez l’heure ainsi : 08:30."),
  datetime: () => t("Écrivez le jour et l’heure ainsi : 24/11/2026 08:30."),
};
