// iron-session keeps the data in the cookie itself: no store, and no way to end a session from elsewhere.
const password = 'a secret of the benchmark, of 32 characters';
const cookieName = 'iron';
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4'];

/** @param library a version of iron-session. */
export function ironSession({ cookies, library: { getIronSession, sealData } }) {
  const open = async () => getIronSession(await cookies(), { password, cookieName });
  const set = async (key = 'k0', value = 'v') => {
    const session = await open();
    session[key] = value;
    await session.save();
  };
  const increment = async () => {
    const session = await open();
    session.n += 1;
    await session.save();
  };
  const readFive = async () => {
    const session = await open();
    return KEYS.map((key) => session[key]);
  };
  return {
    /** In bytes: the cookie, and so the sealed data, ends at 4 KB. */
    holds: 2_000,
    seed: async (data) => `${cookieName}=${await sealData(data, { password })}`,
    works: {
      'read 1': async () => (await open()).k0,
      'read 5': readFive,
      'read 5 at once': readFive,
      increment,
      'read, increment': increment,
      set,
      create: set,
    },
  };
}
