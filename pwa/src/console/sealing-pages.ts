/**
 * Loads the cryptography on the console's pages about sealing keys, and on no others. A button there sleeps until then:
 * without the script its form would be sent empty.
 */

export function mountSealing(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-make-keys]"))
    wakeAfter(form, async () => (await import("./sealing/make-keys")).mountKeyMaker(form));
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-try-key]"))
    wakeAfter(form, async () => (await import("./sealing/make-keys")).mountKeyTest(form));
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-open-sealed]"))
    wakeAfter(form, async () => (await import("./sealing/open-answers")).mountDecryption(form));
}

function wakeAfter(form: HTMLFormElement, mount: () => Promise<void>): void {
  void mount().then(
    () => form.querySelector("button[disabled]")?.removeAttribute("disabled"),
    () => sayUnloaded(form),
  );
}

function sayUnloaded(form: HTMLFormElement): void {
  const status = form.querySelector("[data-said]");
  const words = JSON.parse(form.dataset.words ?? "{}") as { readonly unloaded?: string };
  if (status) status.textContent = words.unloaded ?? "";
}
