/**
 * Removal of forms from the phone, with a day to take it back for what headquarters has not received. Used by the
 * outbox and by the pages of forms.
 */
import type { Draft, FieldworkStore, OutboxEntry } from "../db/fieldwork-contract";

export const UNDO_TIME = 24 * 60 * 60_000; // ms

/** Removes an entry; one that is not received can be restored for a day, and is not sent meanwhile. */
export async function removeEntry(fieldwork: FieldworkStore, { id, state }: OutboxEntry, now: number): Promise<void> {
  if (state === "received" || state === "removed") return fieldwork.dropEntry(id);
  await fieldwork.changeEntry(id, (entry) => ({ ...entry, state: "removed", removed: { at: now, from: state } }));
  await fieldwork.saveBackgroundRequests([]); // the worker's requests may hold it; the next sending prepares them anew
}

export async function restoreEntry(fieldwork: FieldworkStore, id: string): Promise<void> {
  await fieldwork.changeEntry(id, ({ removed, ...entry }) => (removed ? { ...entry, state: removed.from } : entry));
}

export async function removeDraft(fieldwork: FieldworkStore, draft: Draft, now: number): Promise<void> {
  await fieldwork.saveDraft({ ...draft, removed: now });
}

export async function restoreDraft(fieldwork: FieldworkStore, { removed: _, ...draft }: Draft): Promise<void> {
  await fieldwork.saveDraft(draft);
}

/** Erases what was removed more than a day ago. A clock that went back keeps it. */
export async function purgeRemoved(fieldwork: FieldworkStore, now: number): Promise<void> {
  for (const { id, removed } of await fieldwork.outbox())
    if (removed && now - removed.at > UNDO_TIME) await fieldwork.dropEntry(id);
  for (const { id, removed } of await fieldwork.drafts())
    if (removed !== undefined && now - removed > UNDO_TIME) await fieldwork.dropDraft(id);
}
