/** The fields of a form that a person fills in, read and put back. Hidden ones belong to the page and are left out. */

export type Fields = readonly (readonly [name: string, value: string])[];

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const NOT_KEPT = new Set(["hidden", "password", "file", "submit", "button"]);

export function readFields(form: HTMLFormElement): Fields {
  const fields: [string, string][] = [];
  for (const control of controls(form)) {
    if (isTick(control)) {
      if (control.checked) fields.push([control.name, control.value]);
    } else fields.push([control.name, control.value]);
  }
  return fields;
}

export function isSame(one: Fields, other: Fields): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** True if the form has a control for each of the fields; rows that were added or removed since have none. */
export function fits(form: HTMLFormElement, fields: Fields): boolean {
  const ticks = new Set(
    controls(form)
      .filter(isTick)
      .map((control) => control.name),
  );
  const names = (list: Iterable<string>) => [...list].filter((name) => !ticks.has(name)).sort();
  const here = names(controls(form).map((control) => control.name));
  return JSON.stringify(here) === JSON.stringify(names(fields.map(([name]) => name)));
}

/** Puts the fields into the form's controls, in their order. */
export function fillFields(form: HTMLFormElement, fields: Fields): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of controls(form)) {
    const mine = values.get(control.name);
    if (isTick(control)) control.checked = mine?.includes(control.value) ?? false;
    else if (mine?.length) control.value = mine.shift() ?? "";
  }
}

/** The fields in which two texts differ, with the label of each. */
export function listDifferences(
  form: HTMLFormElement,
  now: Fields,
  mine: Fields,
): { label: string; now: string; mine: string }[] {
  const text = (fields: Fields, name: string) =>
    fields.flatMap((field) => (field[0] === name ? [field[1]] : [])).join("\n");
  const names = [...new Set([...now, ...mine].map(([name]) => name))];
  return names
    .map((name) => ({ label: labelOf(form, name), now: text(now, name), mine: text(mine, name) }))
    .filter((row) => row.now !== row.mine);
}

function labelOf(form: HTMLFormElement, name: string): string {
  const control = controls(form).find((each) => each.name === name);
  return control?.labels?.[0]?.textContent?.trim() || name;
}

function controls(form: HTMLFormElement): Control[] {
  return (Array.from(form.elements) as Control[]).filter((one) => one.name && !NOT_KEPT.has(one.type));
}

function isTick(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}
