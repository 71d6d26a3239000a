/** The contract of a control, which shows and changes the answer to one question. */
import type { DraftStorage } from "../../fieldwork/drafts";
import type { AnswerValue } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import type { FormNode, Instance } from "../../protocol/form-nodes";
import type { FormState } from "../../protocol/form-state";
import type { MediaRenderer } from "./question-media";

/** A question in one instance, with everything that a control needs. */
export interface ControlContext {
  readonly formState: FormState;
  readonly instance: Instance;
  readonly node: FormNode;
  readonly question: Question;
  readonly lang: string;
  /** Ids of the input element and of the elements that describe it. */
  readonly id: string;
  readonly describedBy: string;
  /** Storage of attachments. */
  readonly storage: DraftStorage;
  readonly answer: AnswerValue | undefined;
  readonly renderMedia: MediaRenderer;
  /**
   * Sets the answer. `problem`: a sentence for the person, if the input is no answer of this type.
   * Resolves once the draft is on disk, with false if it could not be saved.
   */
  readonly change: (answer: AnswerValue | undefined, problem?: string) => Promise<boolean>;
}

export interface Control {
  readonly element: HTMLElement;
  /** True for a set of inputs: the question's text is then their legend. */
  readonly isSet: boolean;
  /** True for a consent, which is never marked as optional. */
  readonly isConsent?: true;
  /** True for a control that offers "I do not know": it is not marked as optional either. */
  readonly saysUnknown?: true;
  readonly focus: () => void;
  /** Updates the control after other answers changed. */
  readonly refresh?: () => void;
}
