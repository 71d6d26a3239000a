/**
 * Loads the cryptography on the console's pages about sealing keys, and on no others. A button there sleeps until then:
 * without the script its form would be sent empty.
 */

export function mountSealing(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-make-keys]"))
    wakeAfter(
      form,
      import("./sealing/make-keys").then(({ mountKeyMaker }) => mountKeyMaker(form)),
    );
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-try-key]"))
    wakeAfter(
      form,
      import("./sealing/make-keys").then(({ mountKeyTest }) => mountKeyTest(form)),
    );
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-open-sealed]"))
    wakeAfter(
      form,
      import("./sealing/open-answers").then(({ mountDecryption }) => mountDecryption(form)),
    );
}

function wakeAfter(form: HTMLFormElement, mounting: Promise<void>): void {
  void mounting.then(() => form.querySelector("button[disabled]")?.removeAttribute("disabled"));
}
