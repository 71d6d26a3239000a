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

/** The HTML document of a page: the shell with the page's title and fragment. */
export function compose(shell: string, body: string): string | Refusal {
  const [, head, middle, end] = /^(.*?)<!--title-->(.*?)<!--main-->(.*)$/s.exec(shell) ?? [];
  if (head === undefined || middle === undefined || end === undefined) return refuse("shell-without-marks");
  const [title, fragment] = split(body);
  return head + title + middle + fragment + end;
}

function split(body: string): [title: string, fragment: string] {
  const at = body.indexOf("\n");
  return at < 0 ? [body, ""] : [body.slice(0, at), body.slice(at + 1)];
}
