/** The contract of a control, which answers one question: it reports each change, and shows the present answer when created. */
import type { DraftStorage } from "../../fieldwork/drafts";
import type { AnswerValue } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import type { FormNode, FormState, Instance } from "../../protocol/form-state";
import type { MediaRenderer } from "./question-media";

/** A question in its place, and what a control needs to know of it. */
export interface ControlContext {
  readonly formState: FormState;
  readonly instance: Instance;
  readonly node: FormNode;
  readonly question: Question;
  readonly lang: string;
  /** Of the element that holds the answer, and of what describes it. */
  readonly id: string;
  readonly describedBy: string;
  /** Where attachments are kept. */
  readonly storage: DraftStorage;
  readonly answer: AnswerValue | undefined;
  readonly renderMedia: MediaRenderer;
  /** `problem`: what was typed is no answer of this type, said to the person. Resolves when it is on the phone's disk, with false when it could not be kept. */
  readonly change: (answer: AnswerValue | undefined, problem?: string) => Promise<boolean>;
}

export interface Control {
  readonly element: HTMLElement;
  /** Made of several: then the question's text is the legend around them. */
  readonly isSet: boolean;
  /** True if its text needs no word that an answer is optional. */
  readonly isConsent?: true;
  readonly focus: () => void;
  /** After other answers changed. */
  readonly refresh?: () => void;
}
