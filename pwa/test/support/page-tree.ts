/**
 * A page as a tree in Node, which has no document: elements, texts, the walker and the ranges that reading aloud uses.
 * Selectors are lists of compounds of names, classes, attributes and `:not()`, with `>` between two of them.
 */

class TreeNode {
  parentElement: TreeElement | null = null;

  constructor(readonly nodeName: string) {}

  get parentNode(): TreeElement | null {
    return this.parentElement;
  }

  get previousSibling(): TreeNode | null {
    const siblings = this.parentElement?.childNodes ?? [];
    return siblings[siblings.indexOf(this) - 1] ?? null;
  }

  remove(): void {
    const siblings = this.parentElement?.childNodes;
    siblings?.splice(siblings.indexOf(this), 1);
    this.parentElement = null;
  }
}

class TreeText extends TreeNode {
  constructor(public data: string) {
    super("#text");
  }

  get length(): number {
    return this.data.length;
  }
}

export class TreeElement extends TreeNode {
  readonly childNodes: TreeNode[] = [];
  readonly dataset: Readonly<Record<string, string>>;
  /** The words in a field, which are no text of the page. */
  value = "";
  disabled = false;
  private readonly attributes = new Map<string, string>();
  private readonly listeners = new Map<string, (event: { preventDefault(): void }) => void>();

  constructor(private readonly tag: string) {
    super(tag.toUpperCase());
    const read = (_: object, name: string | symbol) => this.getAttribute(`data-${String(name)}`) ?? undefined;
    this.dataset = new Proxy({}, { get: read });
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: readonly (TreeNode | string)[]): void {
    for (const child of children) this.insert(child, this.childNodes.length);
  }

  insert(child: TreeNode | string, index: number): void {
    const node = typeof child === "string" ? new TreeText(child) : child;
    node.remove();
    node.parentElement = this;
    this.childNodes.splice(index, 0, node);
  }

  get textContent(): string {
    return this.childNodes
      .map((node) => (node instanceof TreeText ? node.data : (node as TreeElement).textContent))
      .join("");
  }

  set textContent(text: string) {
    for (const node of [...this.childNodes]) node.remove();
    if (text) this.append(text);
  }

  closest(selectors: string): TreeElement | null {
    return this.matches(selectors) ? this : (this.parentElement?.closest(selectors) ?? null);
  }

  matches(selectors: string): boolean {
    return selectors.split(",").some((selector) => {
      const [own = "", parent] = selector.split(">").reverse();
      return this.isOf(own) && (parent === undefined || this.parentElement?.isOf(parent) === true);
    });
  }

  /** The first descendant that a selector names. */
  find(selector: string): TreeElement {
    const found = this.descendants().find((node) => node instanceof TreeElement && node.matches(selector));
    if (!found) throw new Error(`no ${selector}`);
    return found as TreeElement;
  }

  descendants(): TreeNode[] {
    return this.childNodes.flatMap((node) => [node, ...(node instanceof TreeElement ? node.descendants() : [])]);
  }

  addEventListener(name: string, listener: (event: { preventDefault(): void }) => void): void {
    this.listeners.set(name, listener);
  }

  /** Calls the listener of an event: a deed of the person. */
  act(name: "submit" | "click"): void {
    this.listeners.get(name)?.({ preventDefault: () => undefined });
  }

  focus(): void {}

  /** True if one compound, without combinator, names the element. */
  private isOf(compound: string): boolean {
    const rest = compound.replace(/:not\(([^)]+)\)/g, (_, other: string) => (this.isOf(other) ? "!" : ""));
    if (rest.includes("!")) return false;
    return [...rest.matchAll(/\[([\w-]+)(?:=([\w-]+))?\]|\.([\w-]+)|([\w-]+)/g)].every(([, name, value, kind, tag]) => {
      if (tag !== undefined) return tag === this.tag;
      if (kind !== undefined) return (this.getAttribute("class") ?? "").split(" ").includes(kind);
      const own = this.getAttribute(name ?? "");
      return own !== null && (value === undefined || own === value);
    });
  }
}

/** Stands for a range inside one text. */
class TreeRange {
  private node: TreeText | null = null;
  private from = 0;
  private to = 0;

  setStart(node: TreeText, from: number): void {
    this.node = node;
    this.from = from;
  }

  setEnd(_: TreeText, to: number): void {
    this.to = to;
  }

  surroundContents(piece: TreeElement): void {
    const { node } = this;
    const parent = node?.parentElement;
    if (!node || !parent) throw new Error("no text");
    const after = node.data.slice(this.to);
    piece.append(node.data.slice(this.from, this.to));
    node.data = node.data.slice(0, this.from);
    const index = parent.childNodes.indexOf(node) + 1;
    if (after) parent.insert(after, index);
    parent.insert(piece, index);
  }
}

/** Installs a document as this process's own; the body of its page. */
export function installPage(): TreeElement {
  const page = new TreeElement("main");
  const createTreeWalker = (root: TreeElement) => {
    const texts = root.descendants().filter((node) => node instanceof TreeText);
    let place = -1;
    return {
      nextNode: () => texts[++place] ?? null,
      get currentNode() {
        return texts[place];
      },
    };
  };
  const createElement = (tag: string) => new TreeElement(tag);
  const createElementNS = (_: string, tag: string) => new TreeElement(tag);
  const document = { createElement, createElementNS, createTreeWalker, createRange: () => new TreeRange() };
  Object.assign(globalThis, { document, NodeFilter: { SHOW_TEXT: 4 } });
  return page;
}
