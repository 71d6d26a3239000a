/**
 * The table of question types (PROTOCOL.md, sections 8 and 9): everything that differs from one type to another,
 * except controls, which features/forms/control-registry.ts lists. The types' names are in form.ts, which loads with
 * every page of a form; this table loads only when a form is filled or read. Twin: sync/forms/question_types.py.
 */
import { type AnswerValue, MAX_TEXT_LENGTH, isDecimal, isPoint, normalizeDecimal } from "./answers";
import { parseDateTime } from "./conversions";
import type { QuestionTypeName } from "./form";

/** The keys of a compiled question that its type reads. */
export interface QuestionSettings {
  readonly decimals?: number;
}

export interface QuestionType {
  /** False if the value is computed and on no screen. */
  readonly isShown: boolean;
  /** False if the question is only a text to read. */
  readonly hasValue: boolean;
  readonly isAttachment?: true;
  /** True if a JSON value has the form of an answer. */
  readonly accepts: (value: unknown, question: QuestionSettings, fileCount: number) => boolean;
  /** Reads the answer from the text of a calculation or a default; undefined if it is none of this type. */
  readonly parse: (text: string, question: QuestionSettings) => AnswerValue | undefined;
  /** The answer in expressions. */
  readonly text: (answer: AnswerValue) => string;
  /** The cell of a CSV table; absent or undefined: the plain value, as text that no spreadsheet program runs. */
  readonly cell?: (answer: AnswerValue, fileDigests: readonly string[]) => string | undefined;
}

function questionType(accepts: QuestionType["accepts"], differences: Partial<QuestionType> = {}): QuestionType {
  return {
    isShown: true,
    hasValue: true,
    accepts,
    parse: (text, question) => (accepts(text, question, 0) ? text : undefined),
    text: String,
    ...differences,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && [...value].length <= MAX_TEXT_LENGTH;
}

function dateType(length: number, hasDay: boolean): QuestionType {
  return questionType((value) => {
    const moment = isText(value) && value.length === length ? parseDateTime(value) : null;
    return moment !== null && (moment.days !== undefined) === hasDay;
  });
}

const ATTACHMENT = questionType(
  (value, _, fileCount) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < fileCount,
  { isAttachment: true, cell: (answer, fileDigests) => fileDigests[answer as number] ?? "" },
);

export const QUESTION_TYPES: Readonly<Record<QuestionTypeName, QuestionType>> = {
  text: questionType(isText),
  integer: questionType(Number.isSafeInteger, {
    parse: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : undefined),
  }),
  decimal: questionType((value) => isText(value) && isDecimal(value), {
    parse: normalizeDecimal,
    cell: (answer) => (isDecimal(String(answer)) ? String(answer) : undefined),
  }),
  date: dateType(10, true),
  time: dateType(5, false),
  datetime: dateType(16, true),
  select_one: questionType(isText),
  select_multiple: questionType(
    (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string"),
    {
      parse: (text) => (text ? text.split(" ") : undefined),
      text: (answer) => (answer as readonly string[]).join(" "),
    },
  ),
  note: questionType(() => false, { hasValue: false }),
  calculate: questionType(isText, { isShown: false }),
  acknowledge: questionType((value) => value === true, {
    parse: (text) => (text === "OK" ? true : undefined),
    text: (answer) => (answer ? "OK" : ""),
  }),
  geopoint: questionType((value, { decimals = 0 }) => isText(value) && isPoint(value, decimals)),
  image: ATTACHMENT,
  audio: ATTACHMENT,
};
