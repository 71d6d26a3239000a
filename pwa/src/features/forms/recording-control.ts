/** The control of a voice recording, at a low bit rate. A tap starts it, and a clock shows that it runs. */
import { isAttachmentRef } from "../../protocol/answers";
import { MAX_ATTACHMENT_BYTES } from "../../protocol/submission";
import { button, element, fill } from "../../ui/dom";
import { formatBytes, t } from "../../ui/i18n";
import type { Control, ControlContext } from "./control";

const BITS_PER_SECOND = 16_000; // speech is intelligible, and ten minutes are 1.2 MB
const MAX_SECONDS = 10 * 60;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export function recordingControl(context: ControlContext): Control {
  return typeof MediaRecorder === "undefined" ? filePicker(context) : recorder(context);
}

function recorder({ id, storage, answer, change }: ControlContext): Control {
  const status = element("p", { role: "status" });
  const player = element("div");
  const save = createSaver(storage, answer, change, player, status);
  let stop: (() => void) | null = null;
  const toggle = button(t("Enregistrer"), () => (stop ? stop() : void start()), { id });
  const start = async (): Promise<void> => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) {
      status.textContent = t("Le téléphone refuse son micro à cette application.");
      return;
    }
    const type = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const machine = new MediaRecorder(stream, {
      audioBitsPerSecond: BITS_PER_SECOND,
      ...(type ? { mimeType: type } : {}),
    });
    const parts: Blob[] = [];
    let seconds = 0;
    const clock = setInterval(() => {
      status.textContent = t("J’enregistre : {n} s", { n: ++seconds });
      if (seconds >= MAX_SECONDS) stop?.();
    }, 1000);
    machine.addEventListener("dataavailable", ({ data }) => parts.push(data));
    machine.addEventListener("stop", () => {
      clearInterval(clock);
      for (const track of stream.getTracks()) track.stop();
      [stop, toggle.textContent] = [null, t("Recommencer")];
      void save(new Blob(parts, { type: machine.mimeType }));
    });
    stop = () => machine.stop();
    toggle.textContent = t("Arrêter");
    machine.start();
  };
  return { element: element("div", {}, player, status, toggle), isSet: true, focus: () => toggle.focus() };
}

/** The control for browsers without MediaRecorder. */
function filePicker({ id, describedBy, storage, answer, change }: ControlContext): Control {
  const status = element("p", { role: "status" });
  const player = element("div");
  const save = createSaver(storage, answer, change, player, status);
  const field = element("input", {
    id,
    type: "file",
    accept: "audio/*",
    "aria-describedby": describedBy,
  });
  field.addEventListener("change", () => field.files?.[0] && void save(field.files[0]));
  return {
    element: element(
      "div",
      {},
      player,
      status,
      element("label", { for: id }, t("Enregistrer ou choisir un son")),
      field,
    ),
    isSet: true,
    focus: () => field.focus(),
  };
}

function createSaver(
  storage: ControlContext["storage"],
  answer: ControlContext["answer"],
  change: ControlContext["change"],
  player: HTMLElement,
  status: HTMLElement,
): (blob: Blob) => Promise<void> {
  let key = isAttachmentRef(answer) ? answer.file : undefined;
  const show = (blob: Blob) =>
    fill(
      player,
      element("audio", { controls: true, src: URL.createObjectURL(blob), "aria-label": t("Votre enregistrement") }),
    );
  if (key !== undefined)
    void storage
      .attachment(key)
      .then((attachment) => attachment && show(new Blob([attachment.bytes], { type: attachment.type })));
  return async (blob) => {
    if (blob.size > MAX_ATTACHMENT_BYTES) {
      status.textContent = t("Cet enregistrement est trop long.");
      return;
    }
    const previousKey = key;
    try {
      key = await storage.attach({ bytes: await blob.arrayBuffer(), type: blob.type.split(";")[0] || "audio/mp4" });
    } catch {
      status.textContent = t("Ce téléphone n’a plus de place pour un enregistrement.");
      return;
    }
    const isKept = await change({ file: key });
    // Only now: a saved draft must not name a deleted file.
    if (isKept && previousKey !== undefined) await storage.detach(previousKey);
    status.textContent = isKept ? t("Gardé : {size}.", { size: formatBytes(blob.size) }) : "";
    show(blob);
  };
}
