/**
 * Answers as tables, one for the form and one for each repeat, and tables as CSV: the same bytes as the export's.
 * Used by the console for sealed answers. Twins: sync/submissions/tables.py, sync/submissions/export.py.
 */
import type { AnswerValue, Answers } from "./answers";
import { nameAttachments } from "./attachment-names";
import type { Form, FormItem, Question } from "./form";
import { type CellPart, QUESTION_TYPES } from "./question-types";
import type { ReadSubmission } from "./read-submission";

const MAIN_SHEET = "reponses";
const METADATA_COLUMNS = ["code", "day", "received", "place", "lang", "device", "doubt"];
const KEY_COLUMNS = ["key", "parent"];
const FORMULA = /^[=+\-@\t\r]/;

export interface Sheet {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: string[][];
}

interface NamedItem {
  readonly name: string;
  readonly item: FormItem;
  readonly repeats: readonly string[];
}

/** A column of answers to a question, or a part of it. */
interface Column {
  readonly name: string;
  readonly question: Question;
  readonly part?: CellPart;
}

/** The sheets of all versions of one form, the newest first. A question that was removed keeps its column. */
export function buildSheets(forms: readonly Form[], entries: readonly ReadSubmission[]): Sheet[] {
  const items = new Map<string, NamedItem>();
  for (const form of forms)
    for (const named of itemsOf(form.items, [])) if (!items.has(named.name)) items.set(named.name, named);
  const columns = new Map([["", columnsOf("", items, forms)]]);
  for (const { name, item, repeats } of items.values())
    if ("repeat" in item) columns.set(pathOf(repeats, name), columnsOf(pathOf(repeats, name), items, forms));
  const sheets = new Map([...columns].map(([path, own]) => [path, emptySheet(path, own)]));
  for (const entry of entries) {
    const { code, submission, received, device, doubt } = entry;
    const about = [code, submission.day, received, submission.place, submission.lang, device, doubt];
    const names = nameAttachments(entry);
    for (const { path, place, answers } of levels(entry.form.items, entry.answers ?? {}, [], [])) {
      const head = path.length === 0 ? about : [code, ...place, ...keysOf(code, place)];
      const cells = (columns.get(path.join("/")) ?? []).map((column) =>
        cellText(entry, column, answers[column.question.q] as AnswerValue | undefined, names),
      );
      sheets.get(path.join("/"))?.rows.push([...head.map(escapeFormula), ...cells]);
    }
  }
  return [...sheets.values()];
}

/** CSV with a byte-order mark, without which spreadsheet programs read é as two characters. */
export function toCsv({ columns, rows }: Sheet): string {
  return `\ufeff${[columns.map(escapeFormula), ...rows].map((row) => `${row.map(quoteCsv).join(",")}\r\n`).join("")}`;
}

function* itemsOf(items: readonly FormItem[], repeats: readonly string[]): Generator<NamedItem> {
  for (const item of items) {
    if ("q" in item) yield { name: item.q, item, repeats };
    else if ("group" in item) yield* itemsOf(item.items, repeats);
    else {
      yield { name: item.repeat, item, repeats };
      yield* itemsOf(item.items, [...repeats, item.repeat]);
    }
  }
}

function pathOf(repeats: readonly string[], name: string): string {
  return [...repeats, name].join("/");
}

/** The columns of one sheet: each question's own, then its parts. */
function columnsOf(path: string, items: ReadonlyMap<string, NamedItem>, forms: readonly Form[]): Column[] {
  return [...items.values()].flatMap(({ name, item, repeats }) => {
    if (!("q" in item) || !QUESTION_TYPES[item.type].hasValue || repeats.join("/") !== path) return [];
    const parts = QUESTION_TYPES[item.type].parts?.(choiceNamesOf(name, forms)) ?? [];
    return [
      { name, question: item },
      ...parts.map((part) => ({ name: `${name}/${part.suffix}`, question: item, part })),
    ];
  });
}

/** The names of a question's choices in all versions, the newest version's first. */
function choiceNamesOf(name: string, forms: readonly Form[]): string[] {
  const names = forms.flatMap((form) => {
    const named = [...itemsOf(form.items, [])].find((each) => each.name === name);
    const list = named && "q" in named.item ? named.item.list : undefined;
    return list === undefined ? [] : (form.choices[list] ?? []).map((choice) => choice.name);
  });
  return [...new Set(names)];
}

function emptySheet(path: string, columns: readonly Column[]): Sheet {
  const repeats = path === "" ? [] : path.split("/");
  const head = path === "" ? METADATA_COLUMNS : ["code", ...repeats, ...KEY_COLUMNS];
  return {
    name: repeats[repeats.length - 1] ?? MAIN_SHEET,
    columns: [...head, ...columns.map(({ name }) => name)],
    rows: [],
  };
}

/** The key of a repeat's instance, and of what it stands in. */
function keysOf(code: string, place: readonly string[]): string[] {
  const parts = [code, ...place];
  return [parts.join("/"), parts.slice(0, -1).join("/")];
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
  for (const { name, item, repeats } of itemsOf(items, [])) {
    if (!("repeat" in item) || repeats.length > 0) continue;
    for (const [index, instance] of ((answers[name] ?? []) as Answers[]).entries())
      yield* levels(item.items, instance, [...path, name], [...place, String(index + 1)]);
  }
}

function cellText(
  { submission }: ReadSubmission,
  { question, part }: Column,
  value: AnswerValue | undefined,
  fileNames: readonly string[],
): string {
  if (value === undefined) return "";
  if (part) return part.cell(value, fileNames);
  const digests = (submission.files ?? []).map(([digest]) => digest);
  return QUESTION_TYPES[question.type].cell?.(value, digests) ?? plainCell(value);
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
