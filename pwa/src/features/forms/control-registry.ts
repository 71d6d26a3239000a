/** The control of each question type; null where nobody answers. */
import type { QuestionTypeName } from "../../protocol/form";
import { barcodeControl } from "./barcode-control";
import { acknowledgeControl, selectMultipleControl, selectOneControl } from "./choice-controls";
import type { Control, ControlContext } from "./control";
import { lineControl } from "./line-control";
import { photoControl } from "./photo-control";
import { positionControl } from "./position-control";
import { rankControl } from "./rank-control";
import { recentDayControl } from "./recent-day-control";
import { recordingControl } from "./recording-control";
import {
  dateControl,
  datetimeControl,
  decimalControl,
  integerControl,
  textControl,
  timeControl,
} from "./typed-controls";

const CONTROLS: Readonly<Record<QuestionTypeName, ((context: ControlContext) => Control) | null>> = {
  text: (context) => (hasAppearance(context, "barcode") ? barcodeControl : textControl)(context),
  integer: integerControl,
  decimal: decimalControl,
  date: (context) => (hasAppearance(context, "recent-days") ? recentDayControl : dateControl)(context),
  time: timeControl,
  datetime: datetimeControl,
  select_one: selectOneControl,
  select_multiple: selectMultipleControl,
  note: null,
  calculate: null,
  rank: rankControl,
  acknowledge: acknowledgeControl,
  geopoint: positionControl,
  geotrace: lineControl,
  geoshape: lineControl,
  image: photoControl,
  audio: recordingControl,
};

/** The control of a question; null if nobody answers it, as it is computed, read only, or a note. */
export function createControl(context: ControlContext): Control | null {
  const { calculation, read_only: isReadOnly, type } = context.question;
  return calculation !== undefined || isReadOnly ? null : (CONTROLS[type]?.(context) ?? null);
}

function hasAppearance({ question }: ControlContext, word: string): boolean {
  return question.appearance?.includes(word) === true;
}
