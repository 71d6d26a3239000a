/** Loads the cryptography on the console's pages about sealing keys, and on no others. */

export function mountSealing(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-make-keys]"))
    void import("./sealing/make-keys").then(({ mountKeyMaker }) => mountKeyMaker(form));
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-try-key]"))
    void import("./sealing/make-keys").then(({ mountKeyTest }) => mountKeyTest(form));
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-open-sealed]"))
    void import("./sealing/open-answers").then(({ mountDecryption }) => mountDecryption(form));
}
