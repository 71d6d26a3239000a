/** Asks for the reader's set while the worker comes, which then finds it in the browser's cache. A failure costs nothing. */
export async function fetchReaderSet(): Promise<void> {
  await fetch(__READER__, { credentials: "omit" })
    .then((response) => response.blob())
    .catch(() => undefined);
}
