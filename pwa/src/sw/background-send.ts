/** Posts the requests that a page prepared, on the browser's background sync. The next page reads the responses. */
import { decrypt } from "../crypto/local-encryption";
import { Database } from "../db/database";

export async function postBackgroundRequests(): Promise<void> {
  const db = await new Database().open();
  const key = (await db.get("desk", "phoneKey")) as CryptoKey | undefined;
  for (const at of key ? await db.getAllKeys("mail") : []) {
    const marking = db.transaction(["mail", "outbox"], "readwrite", { durability: "strict" });
    const request = await marking.objectStore("mail").get(at);
    if (!request || request.answer !== undefined) continue;
    const outbox = marking.objectStore("outbox");
    // From here on what the requests hold may have left: all that a device signed.
    for (const entry of await outbox.getAll())
      if (entry.state === "waiting" && !entry.public && !entry.left)
        await outbox.put({ ...entry, left: true }, entry.id);
    await marking.done;
    const body = await decrypt(key as CryptoKey, request.shut);
    if (!body) continue;
    const response = await fetch("/inbox", {
      method: "POST",
      body,
      headers: request.headers,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) throw new Error(`/inbox ${response.status}`); // the browser tries again later
    await db.put("mail", { ...request, answer: await response.text() }, at);
  }
}
