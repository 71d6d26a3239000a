/** The rules as data, shared with Python: tests/vectors/*.json. */
import { readFileSync } from "node:fs";

/** The parsed file, of a type that the caller knows. */
export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../../../../tests/vectors/${name}.json`, import.meta.url), "utf8")) as Shape;
}
