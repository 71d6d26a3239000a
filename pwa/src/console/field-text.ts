/** Changes of a text field that the browser's own undo takes back. Used by the toolbar, by pasting and by pictures. */

/**
 * Make the field's text `text`, whose lines end in "\n", and select from `start` to `end`. Only the part that differs is
 * replaced.
 */
export function editText(field: HTMLTextAreaElement, text: string, start: number, end: number): void {
  const old = field.value;
  const shorter = Math.min(old.length, text.length);
  let from = 0;
  while (from < shorter && old[from] === text[from]) from++;
  let same = 0;
  while (same < shorter - from && old[old.length - 1 - same] === text[text.length - 1 - same]) same++;
  field.focus();
  field.setSelectionRange(from, old.length - same);
  const part = text.slice(from, text.length - same);
  if (old !== text) document.execCommand(part ? "insertText" : "delete", false, part);
  if (field.value !== text) {
    field.value = text; // of a browser that cannot, or that cuts: the text is right, and its undo is lost
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}
