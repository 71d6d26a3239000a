/**
 * The newest message of each alert's story: of those that the edition lists and those that pushes brought. Pages show
 * these and no others.
 */
import type { AlertText } from "./alert";

/** An alert as pages list it. `sent`, `until`: UTC seconds; `until` is 0 for one that is over. */
export interface ListedAlert {
  readonly id: string;
  readonly root: string;
  readonly sent: number;
  readonly until: number;
  readonly severity: string;
  readonly link: string;
}

const SEVERITIES = ["Extreme", "Severe", "Moderate", "Minor", "Unknown"];
/** A link of the edition's list; one of an older edition names neither story nor time nor severity. */
const LINK =
  /<a[^>]*? href=(?:\/[\w-]+\/)?alerts\/([\w-]+)(?: data-until=(\d+))?(?: data-story=([\w-]+) data-sent=(\d+) data-severity=(\w+))?.*?<\/a>/gs;

/** The alerts in the body of an edition's list. */
export function listedAlerts(list: string, channel: string): ListedAlert[] {
  return [...list.matchAll(LINK)].map(([link, id = "", until = 0, root = id, sent = 0, severity = ""]) => ({
    id,
    root,
    sent: +sent,
    until: +until,
    severity,
    link: link.replace(" href=alerts/", ` href=/${channel}/alerts/`),
  }));
}

/** The pushed messages that are newer than all that the edition lists of their stories. */
export function newerMessages(listed: readonly ListedAlert[], messages: readonly AlertText[]): readonly AlertText[] {
  return messages.filter(({ root, sent }) => listed.every((other) => other.root !== root || other.sent < sent));
}

/** True for the pages of a message's story: its own, those of earlier messages. */
export function isOfStory({ id, root, earlier }: AlertText, page: string, listed: readonly ListedAlert[]): boolean {
  return (
    [id, root, ...(earlier ?? [])].includes(page) || listed.some((other) => other.id === page && other.root === root)
  );
}

/** The alerts in force, the most severe first, then the newest; and those that are over. `now`: UTC seconds. */
export function sortAlerts(
  alerts: readonly ListedAlert[],
  now: number,
): { readonly running: readonly ListedAlert[]; readonly ended: readonly ListedAlert[] } {
  const rank = ({ severity }: ListedAlert) => SEVERITIES.indexOf(severity);
  const newestFirst = [...alerts].sort((first, other) => other.sent - first.sent);
  return {
    running: newestFirst.filter(({ until }) => until > now).sort((first, other) => rank(first) - rank(other)),
    ended: newestFirst.filter(({ until }) => until === 0),
  };
}

/** A page's body after the end of its alert: the part that was hidden until then. */
export function endAlert(body: string, now: number): string {
  const [part, until = 0, later = ""] = /<div data-until=(\d+)>.*?<\/div><div hidden>(.*?)<\/div>/s.exec(body) ?? [];
  if (!part || +until > now) return body;
  const [, title = ""] = /<h1>(.*?)<\/h1>/.exec(later) ?? [];
  return title + body.slice(body.indexOf("\n")).replace(part, () => later);
}
