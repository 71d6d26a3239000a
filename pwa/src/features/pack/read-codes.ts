/** Takes the pages that another phone shows as codes: its camera reads them in any order, and the pack is judged as a file. */
import type { PhoneStore } from "../../db/store-contract";
import { writePack } from "../../protocol/pack";
import { type CollectedFrames, addFrame, joinFrames } from "../../protocol/pack-frames";
import { type Refusal, isRefusal } from "../../protocol/refusal";
import { DECODER_SIZE, type ReadCode, isReaderHere, keepReader, openReader } from "../../ui/code-reader";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";

const PAUSE = 40; // milliseconds between two looks, in which the page answers
const CAMERA = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };

type TakeFiles = (files: readonly File[]) => Promise<void>;

export async function mountReader(
  host: HTMLElement,
  store: PhoneStore,
  channel: string,
  take: TakeFiles,
): Promise<void> {
  const offer = async (sentence = "", isHere = false): Promise<void> => {
    const read = button(t("Lire les codes"), () => void start(), { class: "quiet" });
    const fetch = button(
      t("Prendre le lecteur de codes (une fois, {size} au plus)", { size: formatBytes(DECODER_SIZE) }),
      () =>
        void keepReader().then(
          () => offer("", true),
          () => offer(missing),
        ),
      { class: "quiet" },
    );
    fill(host, sentence, " ", isHere || (await isReaderHere()) ? read : fetch);
  };
  const missing = t("Le lecteur de codes vient avec du réseau. Sans lui, demandez le fichier.");
  const start = async (): Promise<void> => {
    fill(host, t("Un instant…")); // a second tap would open the camera twice
    const read = await openReader().catch(() => null);
    if (!read) return offer(missing);
    const stream = await navigator.mediaDevices?.getUserMedia({ video: CAMERA }).catch(() => null);
    if (!stream) return offer(t("L’appareil photo ne s’ouvre pas. Permettez-le à ce site, ou demandez le fichier."));
    const body = await readBody(host, stream, read).finally(() => {
      for (const track of stream.getTracks()) track.stop();
    });
    await offer();
    if (!body) return;
    const site = (await store.trust())?.site ?? location.hostname;
    await take([new File([writePack(site, channel, body, [])], t("Codes"))]);
  };
  await offer();
}

/** The body of the pack that the camera sees; null where the person stops before it is whole. */
async function readBody(host: HTMLElement, stream: MediaStream, read: ReadCode): Promise<Uint8Array | null> {
  const video = element("video", { playsinline: true });
  video.style.maxWidth = "100%";
  video.muted = true;
  video.srcObject = stream;
  const status = element("p", { role: "status" }, t("Visez les codes de l’autre téléphone, d’une main de distance."));
  const bar = element("progress", { value: 0 });
  fill(
    host,
    video,
    bar,
    status,
    button(t("Arrêter"), () => fill(host), { class: "quiet" }),
  );
  await video.play().catch(() => undefined); // the person has stopped already
  video.scrollIntoView({ block: "center" });
  let collected: CollectedFrames | null = null;
  for (; video.isConnected; await new Promise((resolve) => setTimeout(resolve, PAUSE))) {
    const text = await read(video).catch(() => undefined);
    const added: CollectedFrames | Refusal | null = text === undefined ? collected : addFrame(collected, text);
    if (isRefusal(added)) {
      status.textContent =
        added.refused === "version-unknown"
          ? t("Ces codes demandent une version plus récente de l’application.")
          : t("Ce code n’est pas d’ici. Visez les codes de l’autre téléphone.");
      continue;
    }
    if (!added || added === collected) continue;
    const { pieces, count } = added;
    bar.max = count;
    bar.value = pieces.size;
    status.textContent = t("{done} codes sur {all}", { done: pieces.size, all: count });
    const body = joinFrames(added);
    if (body && !isRefusal(body)) return body;
    collected = body ? null : added; // two sets that looked like one: from the start
  }
  return null;
}
