/** Asks headquarters whether this phone is still enrolled (PROTOCOL.md, section 12). */
import type { Device, FieldworkStore } from "../db/fieldwork-contract";
import { readRow } from "../net/ndjson-rows";
import { Interrupted, type Network } from "../net/network";
import { padJson } from "./padding";

const HALF_DAY = 12 * 60 * 60_000; // ms

/** Asks where the last answer is half a day old, and keeps it; true if the phone learned that it was revoked. */
export async function updateDeviceState(fieldwork: FieldworkStore, network: Network, now: number): Promise<boolean> {
  const device = await fieldwork.setting("device");
  if (!device || device.revoked || now - (device.asked ?? 0) < HALF_DAY) return false;
  const revoked = await askRevocation(device, network);
  const current = await fieldwork.setting("device");
  if (revoked === null || current?.device !== device.device) return false; // another code was used meanwhile
  await fieldwork.saveSetting("device", { ...current, asked: now, ...(revoked ? { revoked } : {}) });
  return revoked !== "";
}

/** The day of the revocation, "" if there was none; null without an answer. */
async function askRevocation({ device }: Device, network: Network): Promise<string | null> {
  try {
    const body = padJson({ device });
    const response = await network.request("/devices/state", { method: "POST", body });
    const reply = await readRow<{ revoked?: unknown }>(response);
    if (response.status !== 200 || !reply) return null;
    return typeof reply.revoked === "string" && /^\d{4}-\d\d-\d\d$/.test(reply.revoked) ? reply.revoked : "";
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
}
