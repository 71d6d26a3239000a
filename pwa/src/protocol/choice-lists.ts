/** Lookups in a form's lists of choices (PROTOCOL.md, section 8). Twin: `Form.lookup` in sync/forms/compiled_form.py. */
import type { Choice, Form } from "./form";

export class ChoiceLists {
  private readonly indexes = new Map<string, Map<string, Choice>>();

  constructor(private readonly form: Form) {}

  /** A column of the first choice of a list whose `keyColumn` has this text; "" if there is none. */
  lookup(list: string, column: string, keyColumn: string, key: string): string {
    const choice = key === "" ? undefined : this.index(list, keyColumn).get(key);
    return choice ? this.cell(choice, column) : "";
  }

  private index(list: string, keyColumn: string): Map<string, Choice> {
    const name = `${list}\n${keyColumn}`;
    let index = this.indexes.get(name);
    if (!index) {
      index = new Map();
      for (const choice of [...(this.form.choices[list] ?? [])].reverse())
        index.set(this.cell(choice, keyColumn), choice);
      this.indexes.set(name, index);
    }
    return index;
  }

  private cell(choice: Choice, column: string): string {
    if (column === "name") return choice.name;
    if (column !== "label") return choice.is?.[column] ?? "";
    const label = choice.label[this.form.lang] ?? "";
    return typeof label === "string" ? label : label.map((part) => (typeof part === "string" ? part : "…")).join("");
  }
}
