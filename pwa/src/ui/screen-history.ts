/**
 * Gives each screen of a form an entry in the browser's history, so that "back" is the previous screen. Used by
 * forms and cases. An entry holds its depth alone; the keys of screens stay in memory.
 */
import type { InnerEntry } from "./quick-exit";

export class ScreenHistory {
  /** Keys of the screens by depth; at 0 the page's own entry, with the screen that the form opened on. */
  private readonly trail: string[] = [];

  /** `goTo`: shows a screen by its key. `back`: shows the screen before the first one of the trail, if there is any. */
  constructor(
    private readonly goTo: (key: string) => void,
    private readonly back: () => void,
  ) {
    addEventListener("popstate", this.onPop);
  }

  /** Records that a screen is shown now, as a step forward. */
  enter(key: string): void {
    if (this.trail.length > 0 && this.trail[this.depth] === key) return;
    this.trail.length = this.depth + 1;
    this.trail.push(key);
    history.pushState({ depth: this.depth + 1 }, "");
  }

  /** Goes back to the screen before, through the history where it is the last one there. */
  returnTo(key: string): void {
    if (this.depth > 1 && this.trail[this.depth - 1] === key) {
      history.back();
    } else {
      this.trail[this.depth] = key;
      this.goTo(key);
    }
  }

  /** Takes the screens out of the history, once the page shows something else. */
  async end(): Promise<void> {
    removeEventListener("popstate", this.onPop);
    if (this.depth === 0) return;
    await new Promise((resolve) => {
      addEventListener("popstate", resolve, { once: true });
      history.go(-this.depth);
    });
  }

  private get depth(): number {
    return ((history.state ?? {}) as InnerEntry).depth ?? 0;
  }

  private readonly onPop = (): void => {
    const key = this.trail[this.depth];
    if (key === undefined) this.back();
    else this.goTo(key);
  };
}
