/**
 * Answers as tables, one for the form and one for each repeat, and tables as CSV: the same bytes as the export's.
 * Used by the console for sealed answers. Twins: sync/submissions/tables.py, sync/submissions/export.py.
 */
import type { AnswerValue, Answers } from "./answers";
import type { Form, FormItem, Question } from "./form";
import type { Submission } from "./opened-submission";
import { QUESTION_TYPES } from "./question-types";

const MAIN_SHEET = "reponses";
const METADATA_COLUMNS = ["code", "day", "received", "place", "lang", "device", "doubt"];
const FORMULA = /^[=+\-@\t\r]/;

export interface ReadSubmission {
  readonly submission: Submission;
  readonly form: Form;
  readonly code: string;
  readonly received: string;
  readonly device: string;
  readonly doubt: string;
  readonly answers: Answers | null;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: string[][];
}

interface Column {
  readonly name: string;
  readonly item: FormItem;
  readonly repeats: readonly string[];
}

/** The sheets of all versions of one form, the newest first. A question that was removed keeps its column. */
export function buildSheets(forms: readonly Form[], entries: readonly ReadSubmission[]): Sheet[] {
  const columns = new Map<string, Column>();
  for (const { items } of forms)
    for (const column of columnsOf(items, [])) if (!columns.has(column.name)) columns.set(column.name, column);
  const sheets = new Map([["", sheetOf(MAIN_SHEET, "", columns)]]);
  for (const { name, item, repeats } of columns.values())
    if ("repeat" in item) sheets.set(pathOf(repeats, name), sheetOf(name, pathOf(repeats, name), columns));
  for (const entry of entries) {
    const { code, submission, received, device, doubt } = entry;
    const about = [code, submission.day, received, submission.place, submission.lang, device, doubt];
    for (const { path, place, answers } of levels(entry.form.items, entry.answers ?? {}, [], [])) {
      const sheet = sheets.get(path.join("/"));
      const head = path.length === 0 ? about : [code, ...place];
      sheet?.rows.push([
        ...head.map(escapeFormula),
        ...sheet.columns
          .slice(head.length)
          .map((name) => cellText(entry, columns.get(name), answers[name] as AnswerValue)),
      ]);
    }
  }
  return [...sheets.values()];
}

/** CSV with a byte-order mark, without which spreadsheet programs read é as two characters. */
export function toCsv({ columns, rows }: Sheet): string {
  return `\ufeff${[columns.map(escapeFormula), ...rows].map((row) => `${row.map(quoteCsv).join(",")}\r\n`).join("")}`;
}

function* columnsOf(items: readonly FormItem[], repeats: readonly string[]): Generator<Column> {
  for (const item of items) {
    if ("q" in item) yield { name: item.q, item, repeats };
    else if ("group" in item) yield* columnsOf(item.items, repeats);
    else {
      yield { name: item.repeat, item, repeats };
      yield* columnsOf(item.items, [...repeats, item.repeat]);
    }
  }
}

function pathOf(repeats: readonly string[], name: string): string {
  return [...repeats, name].join("/");
}

function sheetOf(name: string, path: string, columns: ReadonlyMap<string, Column>): Sheet {
  const questions = [...columns.values()].filter(
    ({ item, repeats }) => "q" in item && QUESTION_TYPES[item.type].hasValue && repeats.join("/") === path,
  );
  const depth = path === "" ? METADATA_COLUMNS : ["code", ...path.split("/")];
  return { name, columns: [...depth, ...questions.map((column) => column.name)], rows: [] };
}

interface Level {
  readonly path: readonly string[];
  /** Numbers of the instances of the repeats in `path`, from 1. */
  readonly place: readonly string[];
  readonly answers: Answers;
}

function* levels(
  items: readonly FormItem[],
  answers: Answers,
  path: readonly string[],
  place: readonly string[],
): Generator<Level> {
  yield { path, place, answers };
  for (const { name, item, repeats } of columnsOf(items, [])) {
    if (!("repeat" in item) || repeats.length > 0) continue;
    for (const [index, instance] of ((answers[name] ?? []) as Answers[]).entries())
      yield* levels(item.items, instance, [...path, name], [...place, String(index + 1)]);
  }
}

function cellText({ submission }: ReadSubmission, column: Column | undefined, value: AnswerValue | undefined): string {
  if (value === undefined || !column) return "";
  const digests = (submission.files ?? []).map(([digest]) => digest);
  return QUESTION_TYPES[(column.item as Question).type].cell?.(value, digests) ?? plainCell(value);
}

/** The cell of any answer: in an older version of the form the question may have had another type. */
function plainCell(answer: AnswerValue): string {
  if (answer === true) return "True";
  if (typeof answer === "number") return String(answer);
  return escapeFormula(Array.isArray(answer) ? answer.join(" ") : String(answer));
}

/** Puts an apostrophe before a text that a spreadsheet program would run as a formula: anybody may have typed it. */
function escapeFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function quoteCsv(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
