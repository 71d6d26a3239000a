/** What answers a question: one control for each type. A control tells each change, and shows what is there when it is made. */
import type { Keeper } from "../../fieldwork/drafts";
import type { Given } from "../../protocol/answers";
import type { Question } from "../../protocol/form";
import type { Filling, Node, Place } from "../../protocol/form-state";
import { acknowledgement, manyOf, oneOf } from "./choice-controls";
import type { Picture } from "./media";
import { photograph } from "./photo-control";
import { position } from "./position-control";
import { recording } from "./recording-control";
import { dated, numbered, written } from "./typed-controls";

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

export function controlFor(asking: Asking): Control | null {
  const { question } = asking;
  if (question.calculation !== undefined || question.read_only) return null;
  switch (question.type) {
    case "text":
      return written(asking);
    case "integer":
    case "decimal":
      return numbered(asking);
    case "date":
    case "time":
    case "datetime":
      return dated(asking);
    case "select_one":
      return oneOf(asking);
    case "select_multiple":
      return manyOf(asking);
    case "acknowledge":
      return acknowledgement(asking);
    case "geopoint":
      return position(asking);
    case "image":
      return photograph(asking);
    case "audio":
      return recording(asking);
    default:
      return null;
  }
}
