/**
 * The live preview: puts the response of htmx for the element marked `data-preview` into the frame beside the editor,
 * and keeps the frame's own styles and scroll position. Without this script the button "Voir" fills the same frame.
 */

interface Answer {
  readonly responseText: string;
  getResponseHeader(name: string): string | null;
}

interface HtmxRequestEvent extends Event {
  readonly detail: { readonly elt: Element; readonly xhr: Answer; readonly successful: boolean };
}

export function mountPreview(root: Document): void {
  const asker = root.querySelector("[data-preview]");
  const frame = root.querySelector<HTMLIFrameElement>("iframe[name=preview]");
  if (!asker || !frame) return;
  asker.addEventListener("htmx:afterRequest", (event) => {
    const { detail } = event as HtmxRequestEvent;
    if (detail.successful) show(frame, detail.xhr.responseText);
    showWeight(root, detail.xhr.getResponseHeader("kunnafoni-weight"));
  });
}

/** Puts the new page's text into the frame; the first page of a frame is loaded by the button. */
function show(frame: HTMLIFrameElement, html: string): void {
  const current = frame.contentDocument;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const [oldMain, main] = [current?.getElementById("main"), fresh.getElementById("main")];
  if (!current || !oldMain || !main) return;
  if (fresh.querySelector("style") !== null && current.querySelector("style") === null) {
    document.querySelector<HTMLButtonElement>("button[formtarget=preview]")?.click();
    return;
  }
  oldMain.replaceWith(current.adoptNode(main));
  current.title = fresh.title;
}

function showWeight(root: Document, weight: string | null): void {
  const output = root.querySelector<HTMLOutputElement>("output[data-weight]");
  if (!output || !weight) return;
  const percent = Math.ceil((100 * Number(weight)) / Number(output.dataset.limit));
  output.textContent = (output.dataset.words ?? "").replace("{percent}", String(percent));
}
