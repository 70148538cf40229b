/** Returns how often the example's own provider was asked to renew a token. Null for another one, which does not tell. */
export async function countRenewals(): Promise<number | null> {
  const { OAUTH_CALLS_URL } = process.env;
  if (!OAUTH_CALLS_URL) return null;
  const calls = await (await fetch(OAUTH_CALLS_URL)).json();
  return calls.refresh_token.asked;
}
