/** A headquarters in memory: takes submissions as PROTOCOL.md says, signs receipts, and has faults on request. */

import { createChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { digestBytes } from "../../src/crypto/bytes";
import { verifier } from "../../src/crypto/signature-verifier";
import type { Work } from "../../src/db/fieldwork-contract";
import { base64urlDecode } from "../../src/protocol/canonical";
import { type FileRow, PIECE_BYTES, enrolmentText, receiptText, signedText } from "../../src/protocol/submission";
import type { TestKey } from "./fake-publisher";

export type InboxFault =
  /** The request never arrives. */
  | { readonly kind: "lost" }
  /** It arrives, and the connection is lost after so many bytes of the response. */
  | { readonly kind: "cut"; readonly after: number }
  | { readonly kind: "status"; readonly status: number }
  /** Every verdict of this request. */
  | { readonly kind: "verdict"; readonly verdict: Record<string, unknown> };

const WORK_SECRET = "only this inbox knows it";

type RequestRow = Record<string, string> & { readonly work?: Work };

interface HeldSubmission {
  readonly text: string;
  readonly files: readonly FileRow[];
  receipt: [string, number, string] | null;
}

export class FakeInbox {
  readonly submissions = new Map<string, HeldSubmission>();
  readonly pieces = new Map<string, Map<number, Uint8Array>>();
  readonly devices = new Map<string, string>();
  readonly faults: InboxFault[] = [];
  /** Requests, with their lines, in order. */
  readonly requests: {
    readonly path: string;
    readonly headers: Headers;
    readonly lines: string[];
    /** Bytes of the body as sent. */
    readonly size: number;
  }[] = [];
  readonly answers = new Map<string, { text: string; lang: string; date: string; page?: string }>();
  code = "ABCDE12345";
  /** The day of the device's revocation, if there was one. */
  revocation: { readonly revoked?: string } = {};
  receiptKey: TestKey;
  /** Name of a hub, which signs no receipt; "" for headquarters. */
  carrier = "";
  /** True while reports are told to come later, unless they have worked. */
  isFlooded = false;
  /** End of the challenges (UTC seconds). */
  workUntil = Date.parse("2026-11-25T14:00:00Z") / 1000;
  /** Iterations of the challenges. */
  workCost = 10;

  constructor(
    readonly site: string,
    readonly key: TestKey,
  ) {
    this.receiptKey = key;
  }

  readonly fetch = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const mishap = this.faults.shift();
    if (mishap?.kind === "lost") throw new TypeError("Failed to fetch");
    if (mishap?.kind === "status") return new Response("{}", { status: mishap.status });
    const headers = new Headers(init.headers);
    const text = await bodyText(init.body, headers);
    const lines = text.split("\n").filter(Boolean);
    const size = init.body instanceof ArrayBuffer ? init.body.byteLength : String(init.body ?? "").length;
    this.requests.push({ path: address, headers, lines, size });
    const { status, body } = await this.answer(address, lines, mishap?.kind === "verdict" ? mishap.verdict : null);
    if (status === 204) return new Response(null, { status });
    const bytes = new TextEncoder().encode(body);
    if (mishap?.kind !== "cut") return new Response(bytes, { status });
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, mishap.after));
        controller.error(new TypeError("network error"));
      },
    });
    return new Response(stream, { status });
  };

  private async answer(
    path: string,
    lines: readonly string[],
    verdict: Record<string, unknown> | null,
  ): Promise<{ status: number; body: string }> {
    const value = JSON.parse(lines[0] ?? "null") as Record<string, string>;
    if (path === "/inbox") {
      const verdicts: string[] = [];
      for (const line of lines)
        verdicts.push(JSON.stringify(await this.judge(JSON.parse(line) as RequestRow, verdict)));
      return { status: 200, body: verdicts.map((verdict_) => `${verdict_}\n`).join("") };
    }
    if (path === "/inbox/receipts") {
      const rows = (value as unknown as string[]).flatMap((id) =>
        this.submissions.get(id)?.receipt ? [{ id, receipt: this.submissions.get(id)?.receipt }] : [],
      );
      return { status: 200, body: rows.map((row) => `${JSON.stringify(row)}\n`).join("") };
    }
    if (path === "/devices") return this.enrol(value);
    if (path === "/devices/state") return this.deviceState(value.device ?? "");
    const id = value.id as string;
    const submission = this.submissions.get(id);
    if (
      !submission ||
      (JSON.parse(submission.text) as { answer: string }).answer !== (await verifier.digest(value.secret as string))
    )
      return { status: 404, body: "{}" };
    if (path === "/inbox/withdrawals") {
      this.submissions.delete(id);
      return { status: 200, body: '{"erased":true}' };
    }
    const reply = this.answers.get(id);
    return reply ? { status: 200, body: JSON.stringify(reply) } : { status: 204, body: "" };
  }

  private deviceState(device: string): { status: number; body: string } {
    if (!this.devices.has(device)) return { status: 404, body: '{"code":"device-unknown"}' };
    return { status: 200, body: JSON.stringify({ device, until: "2027-11-24", ...this.revocation }) };
  }

  private async enrol({ code, key, signature }: Record<string, string>): Promise<{ status: number; body: string }> {
    const proven = await verifier.verify(
      key as string,
      enrolmentText(this.site, code as string, key as string),
      signature as string,
    );
    if (!proven || code !== this.code) return { status: 404, body: '{"code":"code-unknown"}' };
    const device = await verifier.keyDigest(key as string);
    if (this.devices.size > 0 && !this.devices.has(device)) return { status: 410, body: '{"code":"code-used"}' };
    this.devices.set(device, key as string);
    return { status: 201, body: JSON.stringify({ device, name: "Awa", place: "ML-1", until: "2027-11-24" }) };
  }

  private async judge(row: RequestRow, forced: Record<string, unknown> | null): Promise<Record<string, unknown>> {
    if (row.file !== undefined) return this.piece(row.file, Number(row.at), row.data as string);
    const text = row.submission as string;
    const id = await verifier.digest(text);
    if (forced) return { id, ...forced };
    const { device, files = [] } = JSON.parse(text) as { device?: string; files?: FileRow[] };
    if (device !== undefined) {
      const key = this.devices.get(device);
      if (!key) return { id, verdict: "refused", code: "device-unknown", sentence: "Inconnu." };
      if (!(await verifier.verify(key, signedText(this.site, id), row.signature ?? "")))
        return { id, verdict: "refused", code: "signature-false" };
    }
    if (this.isFlooded && device === undefined && !(await this.hasWorked(id, row.work)))
      return { id, verdict: "later", code: "quota", seconds: 1, work: await this.challenge(id) };
    if (!this.submissions.has(id)) this.submissions.set(id, { text, files, receipt: null });
    const submission = this.submissions.get(id) as HeldSubmission;
    const missing = Object.fromEntries(
      files
        .map(([digest, bytes]) => [digest, this.missingPieces(digest, bytes)])
        .filter(([, list]) => (list as number[]).length > 0),
    );
    if (Object.keys(missing).length > 0) return { id, verdict: "accepted", missing };
    if (this.carrier) return { id, verdict: "accepted", carrier: this.carrier };
    submission.receipt ??= ["2026-11-25", 1, await this.receiptKey.sign(receiptText(this.site, id, "2026-11-25"))];
    return { id, verdict: "accepted", receipt: submission.receipt };
  }

  /** A challenge of sixteen attempts on average. */
  async challenge(id: string): Promise<object> {
    return createChallenge({
      algorithm: "PBKDF2/SHA-256",
      cost: this.workCost,
      keyPrefix: "0",
      data: { id, site: this.site, until: this.workUntil },
      deriveKey,
      hmacSignatureSecret: WORK_SECRET,
    });
  }

  private async hasWorked(id: string, work: Work | undefined): Promise<boolean> {
    const challenge = work?.challenge;
    if (!challenge || !work.solution || challenge.parameters.data.id !== id) return false;
    const { parameters, signature } = challenge;
    const { verified } = await verifySolution({
      challenge: { parameters: { ...parameters, data: { ...parameters.data } }, signature },
      solution: work.solution,
      deriveKey,
      hmacSignatureSecret: WORK_SECRET,
    });
    return verified && parameters.data.until === this.workUntil;
  }

  private piece(file: string, at: number, data: string): Record<string, unknown> {
    const isKnown = [...this.submissions.values()].some(({ files }) => files.some(([digest]) => digest === file));
    if (!isKnown) return { file, at, verdict: "refused", code: "file-unknown" };
    const pieces = this.pieces.get(file) ?? new Map<number, Uint8Array>();
    pieces.set(at, base64urlDecode(data) as Uint8Array);
    this.pieces.set(file, pieces);
    return { file, at, verdict: "accepted" };
  }

  private missingPieces(digest: string, bytes: number): number[] {
    const have = this.pieces.get(digest);
    return Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, at) => at).filter((at) => !have?.has(at));
  }

  /** An attachment put together from its pieces; null where its digest differs. */
  async file(digest: string): Promise<Uint8Array | null> {
    const parts = [...(this.pieces.get(digest) ?? new Map<number, Uint8Array>())]
      .sort(([a], [b]) => a - b)
      .map(([, bytes]) => bytes);
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
    return (await digestBytes(whole)) === digest ? whole : null;
  }
}

async function bodyText(body: unknown, headers: Headers): Promise<string> {
  if (!(body instanceof ArrayBuffer)) return String(body ?? "");
  if (headers.get("content-encoding") !== "gzip") return new TextDecoder().decode(body);
  return new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
