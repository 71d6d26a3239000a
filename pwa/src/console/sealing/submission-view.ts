/** One decrypted submission on the page: its questions and answers, its attachments at a tap. */
import { openSealedFile } from "../../crypto/private-sealing-key";
import type { AnswerValue } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import { FormState } from "../../protocol/form-state";
import { QUESTION_TYPES } from "../../protocol/question-types";
import { type QuestionInstance, allQuestions } from "../../protocol/screens";
import { fileBinding } from "../../protocol/submission";
import { element } from "../../ui/dom";
import type { DecryptedSubmission } from "./decrypt-submission";
import { fetchSealedFile } from "./fetch-sealed";
import type { PageWords } from "./key-file";

export interface ViewContext {
  /** The address of the console's sealed answers. */
  readonly address: string;
  readonly lang: string;
  readonly words: PageWords;
}

export function createSubmissionView(decrypted: DecryptedSubmission, context: ViewContext): HTMLElement {
  const { submission, form, code, doubt, device } = decrypted;
  const { words } = context;
  const title = element("summary", {}, [code, submission.day, submission.place, device].filter(Boolean).join(" · "));
  const codes = doubt.split(" ").filter(Boolean);
  const parts: HTMLElement[] = codes.map((code) =>
    element("p", { class: "danger" }, `${words.doubt ?? ""} : ${words[code] ?? code}`),
  );
  if (decrypted.answers) {
    const formState = FormState.ofAnswers(form, decrypted.answers, { today: submission.day, now: submission.day });
    const rows = [...allQuestions(formState, formState.root, formState.nodes)].flatMap((questionInstance) =>
      answerRow(decrypted, formState, questionInstance, context),
    );
    parts.push(element("dl", { class: "answers", lang: submission.lang }, ...rows));
  }
  return element("details", {}, title, ...parts);
}

function answerRow(
  decrypted: DecryptedSubmission,
  formState: FormState,
  { instance, node }: QuestionInstance,
  context: ViewContext,
): HTMLElement[] {
  const question = node.item as Question;
  const value = instance.answers[node.name] as AnswerValue | undefined;
  if (value === undefined) return [];
  const label = formState.renderText(question.label, context.lang, instance, node) || node.name;
  const name = instance.repeat ? `${label} (${instance.index + 1})` : label;
  const status = QUESTION_TYPES[question.type].isAttachment
    ? attachmentButton(decrypted, value as number, context)
    : valueText(formState, decrypted, question, value, context.lang, { instance, node });
  return [element("div", {}, element("dt", {}, name), element("dd", { dir: "auto" }, status))];
}

function valueText(
  formState: FormState,
  { form }: DecryptedSubmission,
  { list, type }: Question,
  value: AnswerValue,
  lang: string,
  { instance, node }: QuestionInstance,
): string {
  if (list === undefined) return QUESTION_TYPES[type].text(value);
  const names = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  return names
    .map(
      (name) =>
        formState.renderText(form.choices[list]?.find((choice) => choice.name === name)?.label, lang, instance, node) ||
        name,
    )
    .join(" | ");
}

function attachmentButton(
  { id, submission, content }: DecryptedSubmission,
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
    const clear = bytes && (await openSealedFile(content?.keys[index] ?? "", bytes, binding));
    if (!clear) {
      host.textContent = words.missing ?? "";
      return;
    }
    host.textContent = "";
    host.append(mediaElement(clear, content?.types[index] ?? ""));
  }
}

/** Shows an image or a recording; offers any other type as a download. */
function mediaElement(bytes: ArrayBuffer, type: string): HTMLElement {
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
