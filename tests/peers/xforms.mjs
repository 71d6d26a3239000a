/**
 * Fills XForms with @getodk/xforms-engine and prints what it makes of each node, one JSON text a line:
 * `node xforms.mjs DAY < lines`, a line `{"xml": …, "state": [{"path", "text", "isTyped", "type"}, …]}`.
 * A line of the answer: `{"state": [{"relevant", "text", "problem"} or null, …]}`, or `{"refused": "…"}`.
 */
import { createInterface } from "node:readline";
import { JSDOM } from "jsdom";

const [day] = process.argv.slice(2);
setDay(day);
const { window } = new JSDOM("");
for (const name of Object.getOwnPropertyNames(window))
  if (/^(DOMParser|XML|Node|Element|Document|Attr|Text|HTML|Comment|CDATA|Processing|XPath|File|Blob)/.test(name))
    globalThis[name] ??= window[name];
const { loadForm } = await importForBrowser();

const loaded = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { xml, state } = JSON.parse(line);
  let answer;
  try {
    answer = { state: fill(await load(xml), state) };
  } catch (error) {
    answer = { refused: `${error?.message ?? error}`.slice(0, 300) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** The engine's parser takes Node's ways in where it finds `process`, and its bundle has none of them. */
async function importForBrowser() {
  const { process } = globalThis;
  globalThis.window = window;
  globalThis.document = window.document;
  globalThis.process = undefined;
  try {
    const engine = await import("@getodk/xforms-engine");
    await engine.loadForm("<h/>").catch(() => undefined); // its parser begins with the first form
    return engine;
  } finally {
    globalThis.process = process;
  }
}

/** The clock shows the morning of the fillings' day. */
function setDay(day) {
  const RealDate = Date;
  const now = new RealDate(`${day}T08:00:00`).getTime();
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length > 0 ? given : [now]));
    }
    static now() {
      return now;
    }
  };
}

async function load(xml) {
  if (!loaded.has(xml)) {
    const result = await loadForm(xml, { missingResourceBehavior: "BLANK" });
    if (result.status === "failure") throw result.error;
    loaded.clear();
    loaded.set(xml, result);
  }
  return loaded.get(xml);
}

/** Sets what a person gives, instances before what is in them, and reads all nodes. */
function fill(form, state) {
  const { root } = form.createInstance();
  for (const { path, type, text } of state) if (type === "repeat") sizeRepeat(root, path, Number(text));
  for (let round = 0; round < 3; round++)
    for (const { path, type, text, isTyped } of state) {
      if (!isTyped) continue;
      const node = find(root, path);
      if (node && !node.currentState.readonly) setText(node, type, text);
    }
  return state.map(({ path }) => {
    const node = find(root, path);
    if (!node) return null;
    const { violation } = node.validationState;
    return {
      relevant: node.currentState.relevant,
      text: node.nodeType.startsWith("repeat-range") ? `${node.currentState.children.length}` : textOf(node),
      problem: violation ? (violation.condition === "required" ? "missing" : "constraint") : null,
    };
  });
}

function sizeRepeat(root, path, count) {
  const range = find(root, path);
  if (range?.nodeType !== "repeat-range:uncontrolled") return;
  while (range.currentState.children.length < count) range.addInstances();
  while (range.currentState.children.length > count) range.removeInstances(count);
}

/** The node of a path; where the form's groups stand otherwise, the only node with its name in the same instances. */
function find(root, path) {
  let node = root;
  for (const step of path) {
    const children = node.currentState.children ?? [];
    node = typeof step === "number" ? children[step] : findChild(children, step);
    if (!node) return findByName(root, path);
  }
  return node;
}

function findByName(root, path) {
  const indexes = path.filter((step) => typeof step === "number");
  const found = [];
  const visit = (node, depth) => {
    for (const [index, child] of (node.currentState.children ?? []).entries()) {
      if (child.nodeType === "repeat-instance") {
        if (index === indexes[depth]) visit(child, depth + 1);
        continue;
      }
      if (isNamed(child, path.at(-1)) && depth === indexes.length) found.push(child);
      visit(child, depth);
    }
  };
  visit(root, 0);
  return found.length === 1 ? found[0] : null;
}

function textOf(node) {
  return node.currentState.instanceValue ?? "";
}

function findChild(children, name) {
  return children.find((child) => nameOf(child) === name) ?? children.find((child) => isNamed(child, name));
}

/** Names that stand twice in a form are compiled with those of the groups around them: `children.name`. */
function isNamed(child, name) {
  return nameOf(child) === name || name.endsWith(`.${nameOf(child)}`);
}

function nameOf(node) {
  return node.currentState.reference
    .replace(/\[\d+\]$/, "")
    .split("/")
    .at(-1);
}

function setText(node, type, text) {
  switch (node.nodeType) {
    case "select":
      return node.selectValues(text === "" ? [] : text.split(" "));
    case "rank":
      return node.setValues(text === "" ? [] : text.split(" "));
    case "trigger":
      return node.setValue(text !== "");
    case "upload":
      return node.setValue(text === "" ? null : new File(["x"], text));
    default:
      return node.setValue?.(text === "" ? "" : written(type, text));
  }
}

/** A value as the engine reads it: times with seconds and zone. */
function written(type, text) {
  if (type === "time") return `${text}:00.000+00:00`;
  return type === "datetime" ? `${text}:00.000+00:00` : text;
}
