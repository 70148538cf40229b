/** What a test asks for: `[['set', 'n', 1], ['get', 'n']]`, one after another or all at once. */
export async function runSteps(session, { steps, atOnce = false }) {
  if (atOnce) return Promise.all(steps.map((step) => runStep(session, step)));
  const results = [];
  for (const step of steps) results.push(await runStep(session, step));
  return results;
}

async function runStep(session, [method, ...args]) {
  try {
    if (method === 'increment') return await session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
    if (method === 'signIn') return await session().regenerate((data) => ({ ...data, user: args[0] }));
    return (await session()[method](...args)) ?? null;
  } catch (error) {
    if (!error.code) throw error;
    return { code: error.code, message: error.message };
  }
}
