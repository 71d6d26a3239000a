/**
 * The table of question types (PROTOCOL.md, sections 8 and 9): everything that differs from one type to another,
 * except controls, which features/forms/control-registry.ts lists. The types' names are in form.ts, which loads with
 * every page of a form; this table loads only when a form is filled or read. Twin: sync/forms/question_types.py.
 */
import {
  toDateAnswer,
  toDatetimeAnswer,
  toDecimalAnswer,
  toIntegerAnswer,
  toTextAnswer,
  toTimeAnswer,
} from "./answer-conversions";
import { type AnswerValue, MAX_TEXT_LENGTH, isDecimal, isLine, isPoint, normalizeDecimal } from "./answers";
import { type Value, parseDateTime } from "./conversions";
import type { QuestionTypeName } from "./form";

/** The keys of a compiled question that its type reads. */
export interface QuestionSettings {
  readonly decimals?: number;
}

/** A further column: the suffix of its name, and its cell. */
export interface CellPart {
  readonly suffix: string;
  readonly cell: (answer: AnswerValue, fileNames: readonly string[]) => string;
}

export interface QuestionType {
  /** False if the value is computed and on no screen. */
  readonly isShown: boolean;
  /** False if the question is only a text to read. */
  readonly hasValue: boolean;
  readonly isAttachment?: true;
  /** True for several choices in the person's order, not in the list's. */
  readonly keepsOrder?: true;
  /** True if a JSON value has the form of an answer. */
  readonly accepts: (value: unknown, question: QuestionSettings, fileCount: number) => boolean;
  /** The answer's text for the value of a calculation or a default; "" for none. */
  readonly convert: (value: Value) => string;
  /** Reads the answer from a converted or typed text; undefined if it is none of this type. */
  readonly parse: (text: string, question: QuestionSettings) => AnswerValue | undefined;
  /** The answer in expressions. */
  readonly text: (answer: AnswerValue) => string;
  /** Further columns of a table, which hold the answer in pieces. */
  readonly parts?: (choiceNames: readonly string[]) => readonly CellPart[];
  /** The cell of a CSV table; absent or undefined: the plain value, as text that no spreadsheet program runs. */
  readonly cell?: (answer: AnswerValue, fileDigests: readonly string[]) => string | undefined;
}

function questionType(accepts: QuestionType["accepts"], differences: Partial<QuestionType> = {}): QuestionType {
  return {
    isShown: true,
    hasValue: true,
    accepts,
    convert: toTextAnswer,
    parse: (text, question) => (accepts(text, question, 0) ? text : undefined),
    text: String,
    ...differences,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && [...value].length <= MAX_TEXT_LENGTH;
}

function dateType(length: number, hasDay: boolean, convert: QuestionType["convert"]): QuestionType {
  const accepts = (value: unknown): boolean => {
    const moment = isText(value) && value.length === length ? parseDateTime(value) : null;
    return moment !== null && (moment.days !== undefined) === hasDay;
  };
  return questionType(accepts, { convert });
}

function choiceParts(choiceNames: readonly string[]): CellPart[] {
  return choiceNames.map((name) => ({
    suffix: name,
    cell: (answer) => (Array.isArray(answer) ? (answer.includes(name) ? "1" : "0") : ""),
  }));
}

function rankParts(choiceNames: readonly string[]): CellPart[] {
  return choiceNames.map((name) => ({
    suffix: name,
    cell: (answer) => (Array.isArray(answer) && answer.includes(name) ? String(answer.indexOf(name) + 1) : ""),
  }));
}

function lineType(isClosed: boolean): QuestionType {
  return questionType((value, { decimals = 0 }) => isText(value) && isLine(value, decimals, isClosed));
}

function pointParts(): CellPart[] {
  return ["latitude", "longitude"].map((suffix, index) => ({ suffix, cell: (answer) => coordinate(answer, index) }));
}

function coordinate(answer: AnswerValue, index: number): string {
  const numbers = String(answer).split(" ");
  const isPlace = numbers.length === 2 && numbers.every((number) => /^-?\d{1,3}(?:\.\d+)?$/.test(number));
  return isPlace ? (numbers[index] ?? "") : "";
}

function fileParts(): CellPart[] {
  return [{ suffix: "file", cell: (answer, fileNames) => fileNames[answer as number] ?? "" }];
}

function namesType(differences: Partial<QuestionType>): QuestionType {
  return questionType(
    (value) => Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string"),
    {
      parse: (text) => (text ? text.split(" ") : undefined),
      text: (answer) => (answer as readonly string[]).join(" "),
      ...differences,
    },
  );
}

const ATTACHMENT = questionType(
  (value, _, fileCount) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < fileCount,
  { isAttachment: true, parts: fileParts, cell: (answer, fileDigests) => fileDigests[answer as number] ?? "" },
);

export const QUESTION_TYPES: Readonly<Record<QuestionTypeName, QuestionType>> = {
  text: questionType(isText),
  integer: questionType(Number.isSafeInteger, {
    convert: toIntegerAnswer,
    parse: (text) => (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) + 0 : undefined),
  }),
  decimal: questionType((value) => isText(value) && isDecimal(value), {
    convert: toDecimalAnswer,
    parse: normalizeDecimal,
    cell: (answer) => (isDecimal(String(answer)) ? String(answer) : undefined),
  }),
  date: dateType(10, true, toDateAnswer),
  time: dateType(5, false, toTimeAnswer),
  datetime: dateType(16, true, toDatetimeAnswer),
  select_one: questionType(isText),
  select_multiple: namesType({ parts: choiceParts }),
  rank: namesType({ parts: rankParts, keepsOrder: true }),
  note: questionType(() => false, { hasValue: false }),
  calculate: questionType(isText, { isShown: false }),
  acknowledge: questionType((value) => value === true, {
    parse: (text) => (text === "OK" ? true : undefined),
    text: (answer) => (answer ? "OK" : ""),
  }),
  geopoint: questionType((value, { decimals = 0 }) => isText(value) && isPoint(value, decimals), {
    parts: pointParts,
  }),
  geotrace: lineType(false),
  geoshape: lineType(true),
  image: ATTACHMENT,
  audio: ATTACHMENT,
};
