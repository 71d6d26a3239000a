/** Maps each question type to its control. */
import { acknowledgeControl, selectMultipleControl, selectOneControl } from "./choice-controls";
import type { Control, ControlContext } from "./control";
import { photoControl } from "./photo-control";
import { positionControl } from "./position-control";
import { recordingControl } from "./recording-control";
import { dateControl, numberControl, textControl } from "./typed-controls";

/** Null for a question that no one answers: computed, read only, a note. */
export function createControl(context: ControlContext): Control | null {
  const { question } = context;
  if (question.calculation !== undefined || question.read_only) return null;
  switch (question.type) {
    case "text":
      return textControl(context);
    case "integer":
    case "decimal":
      return numberControl(context);
    case "date":
    case "time":
    case "datetime":
      return dateControl(context);
    case "select_one":
      return selectOneControl(context);
    case "select_multiple":
      return selectMultipleControl(context);
    case "acknowledge":
      return acknowledgeControl(context);
    case "geopoint":
      return positionControl(context);
    case "image":
      return photoControl(context);
    case "audio":
      return recordingControl(context);
    default:
      return null;
  }
}
