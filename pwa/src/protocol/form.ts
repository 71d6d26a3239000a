/** A compiled form (PROTOCOL.md, section 8): its shape, and how a phone takes it out of an edition's pages. Twin: sync/forms/compiled_form.py. */
import { type Json, type Verifier, canonical } from "./canonical";
import type { Expression } from "./expressions";
import { type Refusal, refuse } from "./refusal";

/** By language. An array is put together from strings and expressions. */
export type LocalizedText = Readonly<Record<string, string | readonly Expression[]>>;

export const QUESTION_TYPE_NAMES = [
  "text",
  "integer",
  "decimal",
  "date",
  "time",
  "datetime",
  "select_one",
  "select_multiple",
  "note",
  "calculate",
  "acknowledge",
  "geopoint",
  "image",
  "audio",
] as const;

export type QuestionTypeName = (typeof QUESTION_TYPE_NAMES)[number];

/** Names of files served at /media/. */
export interface Media {
  readonly image?: LocalizedText;
  readonly audio?: LocalizedText;
}

export interface Question {
  readonly q: string;
  readonly type: QuestionTypeName;
  readonly label?: LocalizedText;
  readonly hint?: LocalizedText;
  readonly required?: true | Expression;
  readonly required_message?: LocalizedText;
  readonly relevant?: Expression;
  readonly constraint?: Expression;
  readonly constraint_message?: LocalizedText;
  readonly calculation?: Expression;
  readonly default?: Json;
  readonly list?: string;
  readonly filter?: Expression;
  readonly read_only?: true;
  readonly appearance?: readonly string[];
  readonly media?: Media;
  readonly decimals?: number;
  readonly pixels?: number;
}

export interface Group {
  readonly group: string;
  readonly items: readonly FormItem[];
  readonly label?: LocalizedText;
  readonly relevant?: Expression;
  readonly page?: true;
}

export interface Repeat {
  readonly repeat: string;
  readonly items: readonly FormItem[];
  readonly label?: LocalizedText;
  readonly relevant?: Expression;
  readonly count?: Expression;
}

export type FormItem = Question | Group | Repeat;

export interface Choice {
  readonly name: string;
  readonly label: LocalizedText;
  readonly media?: Media;
  readonly is?: Readonly<Record<string, string>>;
}

export interface Form {
  readonly v: 1;
  readonly form: string;
  readonly lang: string;
  readonly languages: readonly string[];
  readonly title: LocalizedText;
  readonly about?: LocalizedText;
  readonly audience: "public" | "device";
  readonly sealed: boolean;
  readonly keep: number;
  readonly place?: string;
  readonly items: readonly FormItem[];
  readonly choices: Readonly<Record<string, readonly Choice[]>>;
}

/** The form whose parts these texts are, when they are the version announced. */
export async function readForm(proofs: Verifier, text: string, version: string): Promise<Form | Refusal> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuse("form-damaged");
  }
  const exact = canonical(value);
  if (exact === null || (await proofs.digest(exact)) !== version) return refuse("form-damaged");
  const form = value as unknown as Form;
  return form.v === 1 && knowsAllTypes(form.items) ? form : refuse("version-unknown");
}

/** Whether this app knows every type of question: a newer one cannot be left out without changing the form. */
function knowsAllTypes(items: readonly FormItem[]): boolean {
  return items.every((item) =>
    "q" in item
      ? QUESTION_TYPE_NAMES.includes(item.type)
      : ("group" in item || "repeat" in item) && knowsAllTypes(item.items),
  );
}
