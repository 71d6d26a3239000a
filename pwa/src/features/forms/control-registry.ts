/** Which control answers which type of question. */
import { acknowledgement, manyOf, oneOf } from "./choice-controls";
import type { Asking, Control } from "./control";
import { photograph } from "./photo-control";
import { position } from "./position-control";
import { recording } from "./recording-control";
import { dated, numbered, written } from "./typed-controls";

/** Null for a question that no one answers: computed, read only, a note. */
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
