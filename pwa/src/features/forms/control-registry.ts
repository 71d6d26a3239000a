/** Which control answers which type of question. */
import { acknowledgeControl, selectMultipleControl, selectOneControl } from "./choice-controls";
import type { Control, ControlContext } from "./control";
import { photoControl } from "./photo-control";
import { positionControl } from "./position-control";
import { recordingControl } from "./recording-control";
import { dateControl, numberControl, textControl } from "./typed-controls";

/** Null for a question that no one answers: computed, read only, a note. */
export function createControl(asking: ControlContext): Control | null {
  const { question } = asking;
  if (question.calculation !== undefined || question.read_only) return null;
  switch (question.type) {
    case "text":
      return textControl(asking);
    case "integer":
    case "decimal":
      return numberControl(asking);
    case "date":
    case "time":
    case "datetime":
      return dateControl(asking);
    case "select_one":
      return selectOneControl(asking);
    case "select_multiple":
      return selectMultipleControl(asking);
    case "acknowledge":
      return acknowledgeControl(asking);
    case "geopoint":
      return positionControl(asking);
    case "image":
      return photoControl(asking);
    case "audio":
      return recordingControl(asking);
    default:
      return null;
  }
}
