/** Keeps the alerts of an open page true: nothing wakes a page when an alert ends, and a push may bring another. */
import type { PhoneStore } from "../../db/store-contract";
import { correctedTime } from "../../net/clock";

const LONGEST_TIMEOUT = 2 ** 31 - 1; // ms that browsers can wait

/** Shows the banner that the worker composed; a page of alerts is read again. */
export async function showNewestAlerts(store: PhoneStore, banner: string): Promise<void> {
  if (isAlertsPage()) {
    location.reload();
    return;
  }
  const nodes = [...(document.getElementById("main")?.childNodes ?? [])];
  const [first, last] = nodes.filter(({ nodeType, nodeValue }) => nodeType === 8 && nodeValue === "alerts"); // comments
  if (!first || !last) return;
  const range = document.createRange();
  range.setStartAfter(first);
  range.setEndBefore(last);
  range.deleteContents();
  range.insertNode(range.createContextualFragment(banner));
  await hideEndedAlerts(store);
}

/** Takes away what is over, now and at the end of what is in force. */
export async function hideEndedAlerts(store: PhoneStore): Promise<void> {
  const now = correctedTime(Date.now(), await store.setting("ahead"));
  let next = LONGEST_TIMEOUT;
  for (const part of document.querySelectorAll<HTMLElement>("[data-until]")) {
    const rest = Number(part.dataset.until) * 1000 - now;
    if (rest > 0) next = Math.min(next, rest);
    else end(part);
  }
  const again = () => void hideEndedAlerts(store);
  document.onvisibilitychange = again; // no timer runs while a phone sleeps
  clearTimeout(timer);
  timer = setTimeout(again, next);
}

let timer = 0;

/** Takes away a part that is over, for what the page says then; where the worker knows it, it is asked. */
function end(part: HTMLElement): void {
  const later = part.nextElementSibling as HTMLElement | null;
  const isPage = part.tagName === "DIV";
  part.remove();
  if (isPage && later?.hidden) later.hidden = false;
  else if (isPage || !isAlertsPage()) navigator.serviceWorker?.controller?.postMessage("alerts");
}

function isAlertsPage(): boolean {
  return location.pathname.split("/")[2] === "alerts";
}
