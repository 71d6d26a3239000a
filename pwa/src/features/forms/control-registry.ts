/** The control of each question type. */
import type { QuestionTypeName } from "../../protocol/form";
import { acknowledgeControl, selectMultipleControl, selectOneControl } from "./choice-controls";
import type { Control, ControlContext } from "./control";
import { photoControl } from "./photo-control";
import { positionControl } from "./position-control";
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
  text: textControl,
  integer: integerControl,
  decimal: decimalControl,
  date: dateControl,
  time: timeControl,
  datetime: datetimeControl,
  select_one: selectOneControl,
  select_multiple: selectMultipleControl,
  note: null,
  calculate: null,
  acknowledge: acknowledgeControl,
  geopoint: positionControl,
  image: photoControl,
  audio: recordingControl,
};

/** The control of a question; null if nobody answers it, as it is computed, read only, or a note. */
export function createControl(context: ControlContext): Control | null {
  const { calculation, read_only: isReadOnly, type } = context.question;
  return calculation !== undefined || isReadOnly ? null : (CONTROLS[type]?.(context) ?? null);
}
