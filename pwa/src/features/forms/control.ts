/** The contract of a control, which answers one question: it tells each change, and shows the answer that is there when it is made. */
import type { Keeper } from "../../fieldwork/drafts";
import type { Given } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import type { Filling, Node, Place } from "../../protocol/form-state";
import type { Picture } from "./question-media";

/** A question in its place, and what a control needs to know of it. */
export interface Asking {
  readonly filling: Filling;
  readonly place: Place;
  readonly node: Node;
  readonly question: Question;
  readonly lang: string;
  /** Of the element that holds the answer, and of what describes it. */
  readonly id: string;
  readonly describedBy: string;
  /** Where attachments are kept. */
  readonly draft: Keeper;
  readonly given: Given | undefined;
  readonly picture: Picture;
  /** `problem`: what was typed is no answer of this type, said to the person. Resolves when it is on the phone's disk, with false when it could not be kept. */
  readonly change: (given: Given | undefined, problem?: string) => Promise<boolean>;
}

export interface Control {
  readonly element: HTMLElement;
  /** Made of several: then the question's text is the legend around them. */
  readonly isSet: boolean;
  readonly focus: () => void;
  /** After other answers changed. */
  readonly refresh?: () => void;
}
