/** Gathers the figures of "Mon téléphone" from the store and the browser, as plain values. */

import { shownEntries } from "../../db/held-editions";
import type { Holding, PhoneSettings, PhoneStore } from "../../db/store-contract";
import { correctedTime } from "../../net/clock";
import { monthOf } from "../../net/data-usage";
import { parseStatement } from "../../protocol/edition-statement";
import { isRefusal } from "../../protocol/refusal";

const HIDDEN = 2 ** 30; // bytes: newer browsers answer whole gibibytes, the same on every phone, so that none is known by it

export interface PhoneFacts {
  readonly pages: number;
  readonly guides: number;
  readonly whole: boolean;
  /** YYYY-MM-DD, "" when nothing is here. */
  readonly published: string;
  readonly confirmed: string;
  readonly asked: PhoneSettings["asked"] | undefined;
  readonly spent: number;
  readonly used: number | undefined;
  readonly free: number | undefined;
  /** True if the browser promised not to clear the pages; undefined where it cannot. */
  readonly promised: boolean | undefined;
}

export async function gatherFacts(store: PhoneStore, now: number): Promise<PhoneFacts> {
  const channel = await store.setting("followed");
  const [holding, lastPull, spent, ahead] = await Promise.all([
    channel ? store.holding(channel) : undefined,
    store.setting("asked"),
    store.setting("spent"),
    store.setting("ahead"),
  ]);
  const entries = holding ? shownEntries(holding).filter(({ path }) => !path.startsWith("_")) : [];
  const room = await estimate();
  return {
    pages: entries.length,
    guides: entries.filter(({ path }) => path.startsWith("guides/")).length,
    whole: !!holding?.whole,
    published: publishedOn(holding),
    confirmed: holding?.confirmed ?? "",
    asked: lastPull,
    spent: spent?.[monthOf(correctedTime(now, ahead))] ?? 0,
    used: room?.usage,
    free: freeBytes(room),
    promised: await navigator.storage?.persisted?.(),
  };
}

function publishedOn(holding: Holding | undefined): string {
  const text = holding?.whole?.statement ?? holding?.early?.statement;
  const statement = text === undefined ? null : parseStatement(text);
  return statement && !isRefusal(statement) ? statement.date : "";
}

async function estimate(): Promise<StorageEstimate | undefined> {
  return navigator.storage?.estimate ? navigator.storage.estimate().catch(() => undefined) : undefined;
}

/** Bytes that are left; undefined where the browser does not say, or hides it. */
export function freeBytes({ quota, usage = 0 }: StorageEstimate = {}): number | undefined {
  return quota && (quota - usage) % HIDDEN ? quota - usage : undefined;
}
