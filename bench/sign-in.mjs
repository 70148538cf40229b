// A visitor of a benchmark, outside of Next.

/** Makes a session of 200 B. Returns its cookie. */
export async function signIn(session) {
  const headers = new Map();
  const response = {
    headersSent: false,
    getHeader: (key) => headers.get(key),
    setHeader: (key, value) => headers.set(key, value),
  };
  await session({ headers: {}, cookies: {} }, response).setAll({ n: 1, text: 'x'.repeat(180) });
  return [...headers.values()].flat()[0].split(';')[0];
}
