/** Posts what a page made ready and could not send, when the browser says that there is a network. What it was answered, the next page reads. */
import { decrypt } from "../crypto/encrypt";
import { Database } from "../db/database";

export async function postBackgroundRequests(): Promise<void> {
  const db = await new Database().open();
  const key = (await db.get("desk", "phoneKey")) as CryptoKey | undefined;
  for (const at of key ? await db.getAllKeys("mail") : []) {
    const mail = await db.get("mail", at);
    const body = mail && mail.answer === undefined ? await decrypt(key as CryptoKey, mail.shut) : null;
    if (!mail || !body) continue;
    const answer = await fetch("/inbox", {
      method: "POST",
      body,
      headers: mail.headers,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (!answer.ok) throw new Error(`/inbox ${answer.status}`); // the browser tries again later
    await db.put("mail", { ...mail, answer: await answer.text() }, at);
  }
}
