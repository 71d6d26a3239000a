/**
 * Records a voice into the file field of a form marked `data-record`. Without script or microphone, people choose a
 * file.
 */

const BITS = 24_000; // a second: enough for a voice; the server makes 16,000 of it

export function mountVoiceRecorders(root: ParentNode): void {
  if (!("MediaRecorder" in window) || !navigator.mediaDevices) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-record]")) mountVoiceRecorder(form);
}

function mountVoiceRecorder(form: HTMLFormElement): void {
  const host = form.querySelector<HTMLElement>("[data-recorder]");
  const input = form.querySelector<HTMLInputElement>("input[type=file]");
  if (!host || !input) return;
  const sentences = form.dataset as Readonly<Record<"start" | "stop" | "refused" | "ready", string>>;
  const button = document.createElement("button");
  const status = document.createElement("p");
  const listen = document.createElement("audio");
  button.type = "button";
  button.textContent = sentences.start;
  status.setAttribute("role", "status");
  listen.controls = true;
  listen.hidden = true;
  host.append(button, status, listen);
  host.hidden = false;
  let recorder: MediaRecorder | null = null;
  button.addEventListener("click", () => {
    if (recorder) return recorder.stop();
    void start();
  });

  async function start(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) {
      status.textContent = sentences.refused;
      return;
    }
    const parts: Blob[] = [];
    const mediaRecorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS });
    recorder = mediaRecorder;
    mediaRecorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    mediaRecorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      recorder = null;
      button.textContent = sentences.start;
      take(new Blob(parts, { type: mediaRecorder.mimeType }));
    });
    mediaRecorder.start();
    button.textContent = sentences.stop;
    status.textContent = "●";
  }

  /** Makes the recording the form's file, as if the person had chosen it. */
  const take = (recorded: Blob): void => {
    const files = new DataTransfer();
    files.items.add(new File([recorded], "voice", { type: recorded.type }));
    input.files = files.files;
    if (listen.src) URL.revokeObjectURL(listen.src);
    listen.src = URL.createObjectURL(recorded);
    listen.hidden = false;
    status.textContent = sentences.ready;
  };
}
