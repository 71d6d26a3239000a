/** The warning that a colleague has the same text open. Says so of this page too, while it is looked at. */
import { notePresence } from "./form-request";

const INTERVAL = 25_000; // ms: well within `EXPIRY` of server/writing/presence.py

export function mountPresence(root: ParentNode): void {
  for (const note of root.querySelectorAll<HTMLElement>("[data-kept-note][data-open]")) {
    const text = note.dataset.open ?? "";
    const csrf = note.closest("form")?.querySelector<HTMLInputElement>("[name=csrf]")?.value ?? "";
    const words = (JSON.parse(note.dataset.words ?? "{}") as { readonly others?: string }).others ?? "";
    const warning = document.createElement("p");
    warning.className = "danger";
    warning.setAttribute("role", "status");
    warning.hidden = true;
    note.before(warning);
    const ping = async () => {
      if (document.hidden || !note.isConnected) return;
      const others = await notePresence(new URLSearchParams({ csrf, text }));
      warning.hidden = others.length === 0;
      warning.textContent = words.replace("{names}", others.join(", "));
    };
    void ping();
    const timer = setInterval(() => void ping(), INTERVAL);
    addEventListener("pagehide", () => {
      clearInterval(timer);
      void notePresence(new URLSearchParams({ csrf, text, left: "1" }));
    });
  }
}
