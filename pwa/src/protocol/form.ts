/** The shape of a compiled form and its verification (PROTOCOL.md, section 8). Twin: sync/forms/compiled_form.py. */
import { type Json, type Verifier, canonical } from "./canonical";
import type { Expression } from "./expressions";
import { type Refusal, refuse } from "./refusal";

/** A text by language. The parts of an array, strings and expressions, are concatenated. */
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
  "rank",
  "note",
  "calculate",
  "acknowledge",
  "geopoint",
  "geotrace",
  "geoshape",
  "image",
  "audio",
] as const;

export type QuestionTypeName = (typeof QUESTION_TYPE_NAMES)[number];

/** File names under /media/, by language. */
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
  /** A symbol of the form's page. */
  readonly pictogram?: string;
  readonly is?: Readonly<Record<string, string>>;
}

export interface Form {
  /** 2: a list may hold one name twice, told apart by a filter. */
  readonly v: 1 | 2;
  readonly form: string;
  readonly lang: string;
  readonly languages: readonly string[];
  readonly title: LocalizedText;
  readonly about?: LocalizedText;
  readonly audience: "public" | "device";
  readonly sealed: boolean;
  readonly keep: number;
  readonly place?: string;
  /** The name of a record for the person who fills it; it is not sent. */
  readonly instance_name?: Expression;
  readonly items: readonly FormItem[];
  readonly choices: Readonly<Record<string, readonly Choice[]>>;
}

/** The form of a text, or a refusal unless its digest is `version` and this app knows its question types. */
export async function readForm(proofs: Verifier, text: string, version: string): Promise<Form | Refusal> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuse("form-damaged");
  }
  const exact = canonical(value);
  if (exact === null || (await proofs.digest(exact)) !== version) return refuse("form-damaged");
  const form = value as unknown as Form | null;
  return (form?.v === 1 || form?.v === 2) && knowsAllTypes(form.items) ? form : refuse("version-unknown");
}

/** True if this app knows every question type. A form with a newer one is refused: it cannot be filled in part. */
function knowsAllTypes(items: unknown): boolean {
  return (
    Array.isArray(items) &&
    items.every(
      (item: FormItem | null) =>
        typeof item === "object" &&
        item !== null &&
        ("q" in item
          ? QUESTION_TYPE_NAMES.includes(item.type)
          : ("group" in item || "repeat" in item) && knowsAllTypes(item.items)),
    )
  );
}
