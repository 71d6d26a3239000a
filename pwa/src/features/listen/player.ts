/**
 * The player of a page: one large button; while it plays also slower, again, next step and, where what is said is a
 * link, open. It never starts by itself.
 */
import { element, fill } from "../../ui/dom";
import { t } from "../../ui/i18n";

/** The deeds of the buttons. */
export interface PlayerDeeds {
  toggle(): void;
  slower(): void;
  again(): void;
  next(): void;
  open(): void;
}

/** The state that the player shows. `link`: what is being said leads to another page. */
export interface PlayerState {
  readonly isOn: boolean;
  readonly isPlaying: boolean;
  readonly isSlow: boolean;
  readonly link: boolean;
}

const DRAWINGS = {
  play: "M6 3l14 9-14 9z",
  pause: "M7 4v16M17 4v16",
  slower:
    "M12 10l2 4v3a1 1 0 0 0 1 1h2a1 1 0 0 0 1-1v-3a8 8 0 1 0-16 0v3a1 1 0 0 0 1 1h2a1 1 0 0 0 1-1v-3l2-4zM4.82 7.9L8 10m7.18-2.1L12 10M16.93 10H20a2 2 0 0 1 0 4H2",
  again: "M3 12a9 9 0 1 0 9-9a9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5",
  next: "M5 4l10 8-10 8zM19 5v14",
  open: "M5 12h14m-7-7l7 7l-7 7",
} as const;

export class PlayerView {
  readonly element: HTMLElement;
  private readonly row = element("div");
  private readonly status = element("p", { role: "status" });

  constructor(private readonly deeds: PlayerDeeds) {
    this.element = element(
      "div",
      { class: "listen", role: "group", "aria-label": t("Écouter") },
      this.status,
      this.row,
    );
  }

  show({ isOn, isPlaying, isSlow, link }: PlayerState): void {
    const { deeds } = this;
    const focused = [...this.row.children].indexOf(document.activeElement ?? this.row);
    this.element.className = isOn ? "listen on" : "listen";
    this.row.className = isOn ? "row" : "";
    const begin = drawnButton(isPlaying ? "pause" : "play", beginLabel(isOn, isPlaying), () => deeds.toggle());
    const slower = drawnButton("slower", t("Moins vite"), () => deeds.slower());
    slower.setAttribute("aria-pressed", String(isSlow));
    const open = drawnButton("open", t("Ouvrir"), () => deeds.open());
    open.disabled = !link;
    const again = drawnButton("again", t("Encore"), () => deeds.again());
    const next = drawnButton("next", t("La suite"), () => deeds.next());
    fill(this.row, begin, ...(isOn ? [slower, again, next, open] : []));
    if (focused >= 0) (this.row.children[focused] as HTMLElement | undefined)?.focus();
  }

  /** Says a sentence above the buttons, "" for none. */
  tell(sentence: string): void {
    this.status.textContent = sentence;
  }
}

function beginLabel(isOn: boolean, isPlaying: boolean): string {
  if (isPlaying) return t("Pause");
  return isOn ? t("Reprendre") : t("Écouter");
}

function drawnButton(drawing: keyof typeof DRAWINGS, label: string, onClick: () => void): HTMLButtonElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", DRAWINGS[drawing]);
  svg.append(path);
  const node = element("button", { type: "button", "data-deed": drawing }, svg, label);
  node.addEventListener("click", onClick);
  return node;
}
