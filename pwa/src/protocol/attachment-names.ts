/**
 * Names of attachments outside the store: the receipt code, the question and the kind of file tell them apart.
 * Twin: sync/submissions/attachment_names.py.
 */
import type { AnswerValue, Answers } from "./answers";
import type { FormItem } from "./form";
import type { ReadSubmission } from "./read-submission";

const SUFFIXES: Readonly<Record<string, string>> = {
  "image/webp": "webp",
  "image/jpeg": "jpg",
  "image/png": "png",
  "audio/ogg": "ogg",
  "audio/webm": "webm",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
};

/** A file name for each attachment, `CODE-question-1.webp`; without a question, its place in the submission. */
export function nameAttachments({ submission, form, code, answers, fileTypes }: ReadSubmission): string[] {
  const files = submission.files ?? [];
  if (files.length === 0) return [];
  const questions = new Map(questionsOf(form.items, answers ?? {}, []));
  return files.map(([, , type], index) => {
    const [mediaType = ""] = (fileTypes?.[index] ?? type).split(";");
    return `${code}-${questions.get(index) ?? index + 1}.${SUFFIXES[mediaType] ?? "bin"}`;
  });
}

/** Attachment indexes, each with its question's name and the numbers of its repeat instances. */
function* questionsOf(
  items: readonly FormItem[],
  answers: Answers,
  numbers: readonly number[],
): Generator<[number, string]> {
  for (const item of items) {
    if ("group" in item) yield* questionsOf(item.items, answers, numbers);
    else if ("repeat" in item) {
      for (const [index, instance] of ((answers[item.repeat] ?? []) as Answers[]).entries())
        yield* questionsOf(item.items, instance, [...numbers, index + 1]);
    } else if (item.type === "image" || item.type === "audio") {
      const index = answers[item.q] as AnswerValue | undefined;
      if (typeof index === "number") yield [index, [item.q, ...numbers].join("-")];
    }
  }
}
