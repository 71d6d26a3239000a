/**
 * Copies the text of the element that a button names: `<button data-copy="link" hidden>`. The button stays hidden
 * without a clipboard.
 */

export function mountCopyButtons(root: ParentNode): void {
  if (!("clipboard" in navigator)) return;
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (!source) continue;
    button.hidden = false;
    button.addEventListener("click", () => void navigator.clipboard.writeText(source.textContent ?? ""));
  }
}
