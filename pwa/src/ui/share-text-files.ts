/** Hands files to another program or phone: by the share sheet where it takes files, else as downloads. */
import { element } from "./dom";

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** True if the share sheet took the files or the person closed it; false once they were saved as downloads. */
export function shareTextFiles(texts: readonly TextFile[]): Promise<boolean> {
  return shareFiles(texts.map(({ name, text }) => new File([text], name, { type: "text/plain" })));
}

/** The same for files of any kind. */
export async function shareFiles(files: File[]): Promise<boolean> {
  const sharer = navigator as { canShare?: (data: ShareData) => boolean };
  if (sharer.canShare?.({ files })) {
    const shared = await navigator.share({ files }).then(
      () => true,
      (error: Error) => error.name === "AbortError",
    );
    if (shared) return true;
  }
  for (const file of files) element("a", { href: URL.createObjectURL(file), download: file.name }).click();
  return false;
}
