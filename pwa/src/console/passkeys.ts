/**
 * Passkeys in forms (WebAuthn): a button asks the browser for one and puts its response into a hidden field.
 *
 * `<p data-passkey="options" data-proof="field" hidden>` signs a challenge; with `data-instead`, only while that field
 * is empty. `data-create="options" data-created="field"` makes a new passkey. Without support the button stays hidden.
 */
import { base64urlDecode, base64urlEncode } from "../protocol/canonical";
import { fetchOptions } from "./passkey-options";

export function mountPasskeys(root: ParentNode): void {
  if (!("PublicKeyCredential" in window)) return;
  for (const host of root.querySelectorAll<HTMLElement>("[data-passkey],[data-create]")) {
    const form = host.closest("form");
    const button = host.querySelector("button");
    if (!form || !button) continue;
    host.hidden = false;
    button.addEventListener("click", () => {
      if (!form.reportValidity()) return;
      void fillResponses(form, host.dataset).then(
        () => form.submit(),
        () => showFailure(host),
      );
    });
  }
  for (const note of root.querySelectorAll<HTMLElement>("[data-without-passkeys]")) note.hidden = true;
}

async function fillResponses(form: HTMLFormElement, data: DOMStringMap): Promise<void> {
  if (data.passkey && !field(form, data.instead)?.value) fill(form, data.proof, await signChallenge(data.passkey));
  if (data.create) fill(form, data.created, await createPasskey(data.create));
}

function field(form: HTMLFormElement, name: string | undefined): HTMLInputElement | null {
  return name ? (form.elements.namedItem(name) as HTMLInputElement | null) : null;
}

function fill(form: HTMLFormElement, name: string | undefined, value: unknown): void {
  const input = field(form, name);
  if (input) input.value = JSON.stringify(value);
}

/** Shows the sentence of a browser that refused, was cancelled or waited too long; the form stays as it is. */
function showFailure(host: HTMLElement): void {
  const status = host.querySelector("[role=status]");
  const sentences = JSON.parse(host.dataset.words ?? "{}") as { readonly failed?: string };
  if (status) status.textContent = sentences.failed ?? "";
}

async function signChallenge(address: string): Promise<unknown> {
  const options = await fetchOptions<PublicKeyCredentialRequestOptionsJSON>(address);
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  const credential = await navigator.credentials.get({ publicKey } as CredentialRequestOptions);
  const response = (credential as PublicKeyCredential).response as AuthenticatorAssertionResponse;
  return toJson(credential as PublicKeyCredential, {
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
  });
}

async function createPasskey(address: string): Promise<unknown> {
  const options = await fetchOptions<PublicKeyCredentialCreationOptionsJSON>(address);
  const excludeCredentials = (options.excludeCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials,
  };
  const credential = await navigator.credentials.create({ publicKey } as CredentialCreationOptions);
  const response = (credential as PublicKeyCredential).response as AuthenticatorAttestationResponse;
  return toJson(credential as PublicKeyCredential, { attestationObject: text(response.attestationObject) });
}

/** The JSON form of the standard (`PublicKeyCredential.toJSON`), which browsers before 2023 lack. */
function toJson(credential: PublicKeyCredential, response: Readonly<Record<string, string>>): unknown {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  const decoded = base64urlDecode(encoded);
  if (!decoded) throw new Error("options that are not base64url");
  return decoded;
}

function text(buffer: ArrayBuffer): string {
  return base64urlEncode(new Uint8Array(buffer));
}
