// Visits of contestants: request scopes of Next, or what a contestant has in their place.
import { GCProfiler } from 'node:v8';

const SESSIONS = 64;

/** Visits that are measured together. */
const BATCH = 192;

/** What ends the session that it is done to. */
const ANOTHER_SESSION = new Set(['regenerate']);

/** What a session holds, so many bytes of it. */
export function dataOf(bytes) {
  return { n: 0, k0: 'a', k1: 'b', k2: 'c', k3: 'd', k4: 'e', text: 'x'.repeat(bytes - 60) };
}

/** Seeds the sessions of a contestant. One that reads nothing would be fast, so its first visit is checked. */
export async function seedSessions(openNextScope, name, contestant, data) {
  contestant.cookies = [];
  for (let index = 0; index < SESSIONS; index++) contestant.cookies.push(await contestant.seed(data));
  const [visit] = await openVisits(openNextScope, contestant, 1, 'read 5');
  const values = await visit.run(contestant.works['read 5']);
  if (values.join('') !== 'abcde') throw new Error(`${name} read ${JSON.stringify(values)}.`);
}

/** Request scopes, made before the clock runs. */
export async function openVisits(openNextScope, { cookies, seed, open }, count, work) {
  const made = [];
  for (let index = 0; index < count; index++) {
    const cookie = work === 'create' ? '' : cookies[index % cookies.length];
    // The old ID of a regenerated session is of no more use.
    const own = ANOTHER_SESSION.has(work) ? await seed({ n: 0, k0: 'a' }) : cookie;
    made.push(open ? open(own) : await openScope(openNextScope, own));
  }
  return made;
}

function openScope(openNextScope, cookie) {
  const headers = cookie ? { cookie } : {};
  return openNextScope({ pathname: '/bench', search: '', headers }, 'route');
}

/** Takes the visits, so many at once. `each` gets the milliseconds of each group. */
export async function visitAll(visits, run, atOnce, each = () => {}) {
  for (let from = 0; from < visits.length; from += atOnce) {
    const group = visits.slice(from, from + atOnce);
    const start = performance.now();
    if (atOnce === 1) await group[0].run(run);
    else await Promise.all(group.map((visit) => visit.run(run)));
    each(performance.now() - start);
  }
}

/**
 * Returns what a visit costs by the mean of a batch, with the garbage that it leaves: time and processor time of this process
 * in microseconds, and the bytes that it allocates. The process has to run with `--expose-gc`.
 */
export async function costOfVisit(openNextScope, contestant, work, atOnce) {
  const visits = await openVisits(openNextScope, contestant, BATCH, work);
  // What opening scopes left behind is nobody's work here, and the scopes themselves are to be old by now.
  collectYoung();
  collectYoung();
  const { heapUsed } = process.memoryUsage();
  const collections = new GCProfiler();
  collections.start();
  const processor = process.cpuUsage();
  const start = performance.now();
  await visitAll(visits, contestant.works[work], atOnce);
  collectYoung();
  const time = (performance.now() - start) * 1000;
  const { user, system } = process.cpuUsage(processor);
  return {
    time: time / BATCH,
    'processor time': (user + system) / BATCH,
    'bytes allocated': allocated(collections.stop(), heapUsed) / BATCH,
  };
}

/** Returns the bytes that were allocated until the last collection: before each one, what the heap had grown by since the one before. */
function allocated({ statistics }, atStart) {
  let bytes = 0;
  let left = atStart;
  for (const { beforeGC, afterGC } of statistics) {
    bytes += beforeGC.heapStatistics.usedHeapSize - left;
    left = afterGC.heapStatistics.usedHeapSize;
  }
  return bytes;
}

function collectYoung() {
  globalThis.gc({ type: 'minor' });
}
