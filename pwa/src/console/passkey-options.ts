/** Fetches the options of a passkey, with a challenge that is valid for five minutes and once. */

export async function fetchOptions<Options>(address: string): Promise<Options> {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Options;
}
