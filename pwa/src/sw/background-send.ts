/** Posts the requests that a page prepared, on the browser's background sync. The next page reads the responses. */
import { decrypt } from "../crypto/local-encryption";
import { Database } from "../db/database";

export async function postBackgroundRequests(): Promise<void> {
  const db = await new Database().open();
  const key = (await db.get("desk", "phoneKey")) as CryptoKey | undefined;
  for (const at of key ? await db.getAllKeys("mail") : []) {
    const request = await db.get("mail", at);
    const body = request && request.answer === undefined ? await decrypt(key as CryptoKey, request.shut) : null;
    if (!request || !body) continue;
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
