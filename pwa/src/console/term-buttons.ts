/** Buttons marked `data-insert`: a tap writes a word of the glossary, or the line of a picture, into the field of this
 * id, at its cursor. */

import { editText } from "./field-text";

export function mountTermButtons(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.insert ?? "") as HTMLTextAreaElement | null;
      if (!field) return;
      const [start, text] = [field.selectionStart, button.dataset.text ?? ""];
      const gap = /[\p{L}\p{N}.,;:!?»]/u.test(field.value[start - 1] ?? "") ? " " : "";
      const end = start + gap.length + text.length;
      editText(field, field.value.slice(0, start) + gap + text + field.value.slice(field.selectionEnd), end, end);
    });
  }
}
