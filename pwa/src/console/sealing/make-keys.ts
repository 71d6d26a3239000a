/**
 * Generates sealing keys in the page and tests key files. Private keys leave the page as downloads locked with the
 * passphrase; the form sends the public keys, or the word that proves that a file was opened.
 */

import { encryptWithPassphrase } from "../../crypto/age-file";
import { OpeningKey } from "../../crypto/private-sealing-key";
import type { Submission } from "../../protocol/opened-submission";
import { readKeyFile, readWords, yieldToPage } from "./key-file";
import { openSeal } from "./open-seal";

const FILES = { key: "cle-de-scellement", recovery: "copie-de-secours" } as const;
type KeyRole = keyof typeof FILES;

export function mountKeyMaker(form: HTMLFormElement): void {
  const sentences = readWords(form);
  const status = form.querySelector("[data-said]");
  const files = form.querySelector("[data-files]");
  const saveButton = form.querySelector<HTMLButtonElement>("[data-keep]");
  const [first, repeated] = form.querySelectorAll<HTMLInputElement>("input[type=password]");
  if (!status || !files || !saveButton || !first || !repeated) return;
  const setStatus = (name: string): void => {
    status.textContent = sentences[name] ?? "";
  };
  const roles: readonly KeyRole[] = form.dataset.makeKeys === "both" ? ["key", "recovery"] : ["key"];
  form.addEventListener("submit", (event) => {
    if (event.submitter === saveButton) return;
    event.preventDefault();
    if (first.value.length < first.minLength) return setStatus("short");
    if (first.value !== repeated.value) return setStatus("other");
    setStatus("wait");
    event.submitter?.setAttribute("disabled", "");
    void generateKeyFiles(roles, first.value).then((keyPairs) => {
      const remainingRoles = new Set(roles);
      for (const { which, public_, locked } of keyPairs) {
        const hidden = form.elements.namedItem(which === "key" ? "sealing" : "recovery") as HTMLInputElement;
        hidden.value = public_;
        files.append(
          downloadLink(sentences[which] ?? which, `${FILES[which]}-${public_.slice(1, 7)}.age.txt`, locked, () => {
            remainingRoles.delete(which);
            saveButton.hidden = remainingRoles.size > 0;
          }),
          " ",
        );
      }
      for (const field of [first, repeated]) [field.value, field.disabled] = ["", true];
      event.submitter?.remove();
      setStatus("made");
    });
  });
}

async function generateKeyFiles(
  roles: readonly KeyRole[],
  passphrase: string,
): Promise<{ which: KeyRole; public_: string; locked: string }[]> {
  await yieldToPage();
  const keyPairs = [];
  for (const role of roles) {
    const pem = await OpeningKey.generate();
    const key = await OpeningKey.read(pem);
    if (!key) throw new Error("a key just made does not open");
    keyPairs.push({ which: role, public_: key.public_, locked: await encryptWithPassphrase(pem, passphrase) });
  }
  return keyPairs;
}

function downloadLink(label: string, name: string, text: string, onDownload: () => void): HTMLElement {
  const link = document.createElement("a");
  link.className = "go";
  link.download = name;
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.textContent = label;
  link.addEventListener("click", onDownload);
  return link;
}

/** Opens the test with a key file and its passphrase; the form sends the word that the test contained. */
export function mountKeyTest(form: HTMLFormElement): void {
  const sentences = readWords(form);
  const status = form.querySelector("[data-said]");
  const [file, passphrase] = form.querySelectorAll<HTMLInputElement>("input[type=file], input[type=password]");
  if (!status || !file || !passphrase) return;
  const setStatus = (name: string): void => {
    status.textContent = sentences[name] ?? "";
  };
  const test = JSON.parse(form.dataset.test ?? "{}") as Submission;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setStatus("wait");
    void attempt().then((trouble) => (trouble ? setStatus(trouble) : form.submit()));
  });

  const attempt = async (): Promise<string | null> => {
    await yieldToPage();
    const keyFile = file.files?.[0];
    const key = keyFile ? await readKeyFile(keyFile, passphrase.value) : "unreadable";
    if (typeof key === "string") return key;
    const opened = await openSeal(key, test);
    if (!opened) return "other";
    const { answers } = JSON.parse(opened.plaintext) as { answers: { mot: string } };
    (form.elements.namedItem("key") as HTMLInputElement).value = key.id;
    (form.elements.namedItem("word") as HTMLInputElement).value = answers.mot;
    return null;
  };
}
