/**
 * Leaves pages about harm so that "back" finds none of them. Pages with an exit take one place in the history, whichever
 * of them are read; the exit puts a page without a name in that place.
 */

const NEUTRAL = "/app/table.html";

/** The state of an entry that a page added to the history: how many it has added so far. */
export interface InnerEntry {
  readonly depth?: number;
}

/** Makes links of a page that has an exit replace that page. */
export function guardExit(): void {
  if (!document.querySelector("[data-exit]")) return;
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    const isSamePage = link?.pathname === location.pathname && !!link.hash;
    if (!link || link.origin !== location.origin || isSamePage || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (link.dataset.exit === undefined) location.replace(link.href);
    else leaveAtOnce();
  });
}

/** Empties the page and the tab's memory, goes back before what the page added to the history, and replaces the page. */
export function leaveAtOnce(): void {
  document.body.textContent = "";
  document.title = "";
  try {
    sessionStorage.clear();
  } catch {
    // the browser keeps nothing
  }
  const leave = () => location.replace(NEUTRAL);
  const { depth = 0 } = (history.state ?? {}) as InnerEntry;
  addEventListener("popstate", leave);
  if (depth === 0) leave();
  else history.go(-depth);
}
