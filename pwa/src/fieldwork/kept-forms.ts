/**
 * Forms that do not travel with the readers' feed (PROTOCOL.md, section 8): their parts are fetched when the form is
 * opened or the phone is enrolled, and stay on the phone from then on. Without network the version kept last serves.
 */
import type { PhoneStore } from "../db/store-contract";
import { formPart } from "../protocol/form-parts";
import { readFurtherParts } from "../pull/fetch-form-parts";
import { type FieldSession, openFieldSession } from "./field-session";

/** A form as its page describes it. `first`: the part that stands in the page itself. */
export interface AnnouncedForm {
  readonly slug: string;
  readonly version: string;
  readonly parts: number;
  readonly digests: readonly string[];
  readonly first: string;
}

export interface FormText {
  readonly version: string;
  readonly text: string;
}

/** The form's text of the version announced, else of the one kept before; null if this phone has neither. */
export async function readFormText(
  { store, fieldwork }: FieldSession,
  channel: string,
  { slug, version, parts, digests, first }: AnnouncedForm,
): Promise<FormText | null> {
  const isApart = digests.length > 0;
  const kept = isApart ? await fieldwork.formText(version) : undefined;
  if (kept !== undefined) return { version, text: kept };
  const further = await readFurtherParts(store, channel, slug, parts, digests);
  if (further) {
    const text = first + further.join("");
    if (isApart) await fieldwork.keepForm(slug, version, text);
    return { version, text };
  }
  const older = (await fieldwork.setting("keptForms"))?.[slug];
  const text = older === undefined ? undefined : await fieldwork.formText(older);
  return older === undefined || text === undefined ? null : { version: older, text };
}

/** Brings all forms that stand apart to an enrolled phone. Nothing is said where the network is missing. */
export async function keepFormsApart(session: FieldSession, channel: string): Promise<void> {
  const { store, fieldwork } = session;
  if (!(await fieldwork.setting("device"))) return;
  const list = (await store.page(channel, "forms"))?.body ?? "";
  for (const [, slug] of list.matchAll(/href="?forms\/([a-z0-9-]+)/g)) {
    const announced = announcedIn((await store.page(channel, `forms/${slug}`))?.body ?? "", slug ?? "");
    if (announced.digests.length > 0) await readFormText(session, channel, announced);
  }
}

/** Does so after the pages changed: a new version of a form must be here before the next day without network. */
export async function keepChangedForms(store: PhoneStore, channel: string): Promise<void> {
  await keepFormsApart(await openFieldSession(store), channel);
}

function announcedIn(body: string, slug: string): AnnouncedForm {
  const tag = /<div data-feature="?form\b[^>]*>/.exec(body)?.[0] ?? ""; // no text of the form holds a "<"
  const value = (name: string): string => new RegExp(`\\bdata-${name}="?([\\w-]+)`).exec(tag)?.[1] ?? "";
  const [, quoted, bare = ""] = /\bdata-digests=(?:"([\w -]+)"|([\w-]+))/.exec(tag) ?? [];
  return {
    slug,
    version: value("version"),
    parts: Number(value("parts")),
    digests: (quoted ?? bare).split(" ").filter(Boolean),
    first: formPart(body, 1) ?? "",
  };
}
