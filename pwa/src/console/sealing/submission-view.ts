/** One opened submission on the page: its questions with what was answered, its attachments at a tap. */
import { openSealedFile } from "../../crypto/opening-key";
import { type AnswerValue, answerText } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import { FormState } from "../../protocol/form-state";
import { type QuestionInstance, allQuestions } from "../../protocol/screens";
import { fileBinding } from "../../protocol/submission";
import { element } from "../../ui/dom";
import type { DecryptedSubmission } from "./decrypt-submission";
import { fetchSealedFile } from "./fetch-sealed";
import type { PageWords } from "./key-file";

export interface ViewContext {
  /** Of the console's sealed answers. */
  readonly address: string;
  readonly lang: string;
  readonly words: PageWords;
}

export function createSubmissionView(found: DecryptedSubmission, showing: ViewContext): HTMLElement {
  const { submission, form, code, doubt, device } = found;
  const { words } = showing;
  const title = element("summary", {}, [code, submission.day, submission.place, device].filter(Boolean).join(" · "));
  const parts: HTMLElement[] = doubt
    ? [element("p", { class: "danger" }, `${words.doubt ?? ""} : ${words[doubt] ?? doubt}`)]
    : [];
  if (found.answers) {
    const filling = FormState.ofAnswers(form, found.answers, { today: submission.day, now: submission.day });
    const rows = [...allQuestions(filling, filling.root, filling.nodes)].flatMap((asked) =>
      row(found, filling, asked, showing),
    );
    parts.push(element("dl", { class: "answers", lang: submission.lang }, ...rows));
  }
  return element("details", {}, title, ...parts);
}

function row(
  found: DecryptedSubmission,
  filling: FormState,
  { place, node }: QuestionInstance,
  showing: ViewContext,
): HTMLElement[] {
  const question = node.item as Question;
  const value = place.answers[node.name] as AnswerValue | undefined;
  if (value === undefined) return [];
  const label = filling.renderText(question.label, showing.lang, place, node) || node.name;
  const name = place.repeat ? `${label} (${place.index + 1})` : label;
  const said =
    question.type === "image" || question.type === "audio"
      ? attachment(found, value as number, showing)
      : wordsOf(filling, found, question, value, showing.lang, { place, node });
  return [element("div", {}, element("dt", {}, name), element("dd", { dir: "auto" }, said))];
}

function wordsOf(
  filling: FormState,
  { form }: DecryptedSubmission,
  { list }: Question,
  value: AnswerValue,
  lang: string,
  { place, node }: QuestionInstance,
): string {
  if (list === undefined) return answerText(value);
  const names = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  return names
    .map(
      (name) =>
        filling.renderText(form.choices[list]?.find((choice) => choice.name === name)?.label, lang, place, node) ||
        name,
    )
    .join(" | ");
}

function attachment(
  { id, submission, opened }: DecryptedSubmission,
  index: number,
  { address, words }: ViewContext,
): HTMLElement {
  const host = element("span");
  const ask = element("button", { type: "button", class: "quiet" }, words.file ?? "");
  ask.addEventListener("click", () => void open());
  host.append(ask);
  return host;

  async function open(): Promise<void> {
    const bytes = await fetchSealedFile(address, id, index);
    const binding = fileBinding(
      submission.site,
      submission.form,
      submission.version,
      index,
      submission.files?.length ?? 0,
    );
    const clear = bytes && (await openSealedFile(opened?.keys[index] ?? "", bytes, binding));
    if (!clear) {
      host.textContent = words.missing ?? "";
      return;
    }
    host.textContent = "";
    host.append(shown(clear, opened?.types[index] ?? ""));
  }
}

/** An image or a sound; a file to keep, whatever else it says it is. */
function shown(bytes: ArrayBuffer, type: string): HTMLElement {
  const isImage = /^image\/(?:jpeg|png|webp)$/.test(type);
  const isSound = /^audio\/[a-z0-9.+-]+$/.test(type);
  const address = URL.createObjectURL(
    new Blob([bytes], { type: isImage || isSound ? type : "application/octet-stream" }),
  );
  if (isImage) return element("img", { src: address, alt: "" });
  return isSound
    ? element("audio", { src: address, controls: true })
    : element("a", { href: address, download: "" }, type);
}
