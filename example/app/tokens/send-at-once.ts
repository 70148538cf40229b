/** One of the requests: what it asked for, and how long it waited, in milliseconds. */
type Answer = { of: 'page' | 'handler'; took: number };

export type Outcome = {
  answers: Answer[];
  /** How often the provider was asked to renew the token. Null if it does not tell. */
  renewals: number | null;
};

/** Lets the token expire, and sends requests that need it: half to the page, half to the handler. */
export async function sendAtOnce(requests: number): Promise<Outcome> {
  await letExpire();
  const before = await countRenewals();
  const start = performance.now();
  const answers = await Promise.all(
    Array.from({ length: requests }, async (_, index) => {
      const of = index % 2 === 0 ? 'page' : 'handler';
      const answer = await send(of === 'page' ? '/tokens' : '/api/tokens');
      await answer.text();
      return { of, took: performance.now() - start } as const;
    }),
  );
  const after = await countRenewals();
  return { answers, renewals: before === null || after === null ? null : after - before };
}

export async function letExpire(): Promise<void> {
  await send('/api/tokens', 'DELETE');
}

async function countRenewals(): Promise<number | null> {
  return (await (await send('/api/tokens/calls')).json()).renewals;
}

/** Without its cache, in which a browser would let requests for the same address wait for one another. */
async function send(path: string, method = 'GET'): Promise<Response> {
  const response = await fetch(path, { method, cache: 'no-store' });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return response;
}
