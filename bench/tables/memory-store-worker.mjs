// One MemoryStore with so many sessions of 200 B: bytes each, get and set, and the longest pause of the event loop
// while a third of them expire under traffic.
import { createHash } from 'node:crypto';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import * as version2 from 'next-app-session';
import { loadVersion1 } from '../next-versions.mjs';

const { version, size } = JSON.parse(process.argv[2]);
const { MemoryStore } = version === 1 ? loadVersion1() : version2;
const DAY = 86_400_000;
const DATA = { user: 'u'.repeat(180) };

let longestGc = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.detail.kind !== constants.NODE_PERFORMANCE_GC_INCREMENTAL)
      longestGc = Math.max(longestGc, entry.duration);
  }
}).observe({ entryTypes: ['gc'] });

const id = (index) => createHash('sha256').update(String(index)).digest('base64url');

/** A record as a session writes it. */
function record(ttl) {
  const now = Date.now();
  const cookie = { httpOnly: true, path: '/', secure: true, sameSite: 'lax', originalMaxAge: DAY };
  const own = { createdAt: now, lastSeenAt: now, cookieSentAt: now };
  return { ...DATA, cookie: { ...cookie, expires: new Date(now + ttl).toISOString() }, __session: own };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function microseconds(count, work) {
  const start = performance.now();
  for (let index = 0; index < count; index++) await work(index);
  return ((performance.now() - start) * 1000) / count;
}

/** Writes in batches, a batch a turn of the event loop, and tells the longest turn. */
async function longestTurn(turns, work) {
  let longest = 0;
  for (let turn = 0; turn < turns; turn++) {
    const start = performance.now();
    await work(turn);
    await tick();
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

// 1.0.7 knows no max, and ignores it.
const store = new MemoryStore({ max: size });
globalThis.gc();
const before = process.memoryUsage().heapUsed;
const soon = Math.max(3_000, size / 50);
const filled = performance.now();
for (let index = 0; index < size; index++) await store.set(id(index), record(index % 3 === 0 ? soon : DAY));
const fill = performance.now() - filled;
globalThis.gc();
const bytes = (process.memoryUsage().heapUsed - before) / size;
const sample = Math.min(size, 20_000);
const get = await microseconds(sample, (index) => store.get(id((index * 7919) % size)));
const set = await microseconds(sample, (index) => store.set(id(((index * 7919) % size) | 1), record(DAY)));
await new Promise((resolve) => setTimeout(resolve, Math.max(0, soon - fill) + 500));
longestGc = 0;
// Enough writes for the sweep to come by every session.
const turns = Math.ceil(size / 4 / 50) + 1;
const longest = await longestTurn(turns, async (turn) => {
  for (let n = 0; n < 50; n++) await store.set(id(((turn * 50 + n) % size) | 1), record(DAY));
});
process.send({ bytes, get, set, longest, longestGc });
process.disconnect();
