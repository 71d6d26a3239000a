/** Pages: a path and a body, displayed alike by phone and server (PROTOCOL.md, section 2). Twin: sync/editions/page.py. */
import { type Refusal, refuse } from "./refusal";

export const SHELL = "_shell";
export const MISSING = "_missing";
export const INDEX = "index";

const PATH_LIMIT = 120;
const PATH = /^(?:[a-z0-9-]+(?:\/[a-z0-9-]+){0,3}|_shell|_missing)$/;
const ADDRESS = /^\/([a-z]{2,3}-[A-Z]{2})\/(.*)$/;

export function isPagePath(path: string): boolean {
  return path.length <= PATH_LIMIT && PATH.test(path);
}

/** Channel and path of the page at an address of this site, or null. Reserved pages have no address. */
export function parsePageAddress(pathname: string): { channel: string; path: string } | null {
  const [, channel, rest] = ADDRESS.exec(pathname) ?? [];
  if (channel === undefined || rest === undefined) return null;
  const path = rest === "" ? INDEX : rest;
  return isPagePath(path) && !path.startsWith("_") && rest !== INDEX ? { channel, path } : null;
}

/** The address that was meant: a channel in its own spelling, no slash after the name of a page. */
export function tidyAddress(pathname: string): string {
  const [, lang, country, rest = ""] = /^\/([a-z]{2,3})-([a-z]{2})(?:\/(.*?)\/*)?$/i.exec(pathname) ?? [];
  return lang && country ? `/${lang.toLowerCase()}-${country.toUpperCase()}/${rest}` : pathname;
}

/** The address of a page in a channel. */
export function pageAddress(channel: string, path: string): string {
  return `/${channel}/${path === INDEX ? "" : path}`;
}

export function titleOf(body: string): string {
  return split(body)[0];
}

export function fragmentOf(body: string): string {
  return split(body)[1];
}

/** The part of a shell or of a page of alerts that speaks of them, between two markers. */
const ALERTS = /<!--alerts-->(.*?)<!--alerts-->/s;

/** The text between the markers; undefined without them. */
export function alertsPart(text: string): string | undefined {
  return ALERTS.exec(text)?.[1];
}

/** The text with another part about alerts. */
export function replaceAlertsPart(text: string, part: string): string {
  return text.replace(ALERTS, () => `<!--alerts-->${part}<!--alerts-->`);
}

/**
 * The HTML document of a page: the shell with the page's title and fragment. A page that speaks of alerts itself is
 * shown without the shell's banner.
 */
export function compose(shell: string, body: string): string | Refusal {
  const frame = ALERTS.test(body) ? shell.replace(ALERTS, "") : shell;
  const [, head, middle, end] = /^(.*?)<!--title-->(.*?)<!--main-->(.*)$/s.exec(frame) ?? [];
  if (head === undefined || middle === undefined || end === undefined) return refuse("shell-without-marks");
  const [title, fragment] = split(body);
  return head + title + middle + fragment + end;
}

function split(body: string): [title: string, fragment: string] {
  const at = body.indexOf("\n");
  return at < 0 ? [body, ""] : [body.slice(0, at), body.slice(at + 1)];
}
