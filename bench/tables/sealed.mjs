// What encryptionKey costs: the same session with and without it, on MemoryStore, where nothing but the work itself takes time.
import { createRequire } from 'node:module';
import { libraryOf } from '../next-versions.mjs';
import { median, range } from '../statistics.mjs';

const { default: nextAppSession } = createRequire(import.meta.url)(`${libraryOf('next-16')}cjs/src/index.js`);

const TURNS = 60;
const SESSIONS = 100;
const USER = 'ada';
const SIZES = [
  ['200 B', 200],
  ['10 kB', 10_000],
];

/** A session with sessions of one user in its store, each of so many bytes. */
async function setUp(name, bytes, options) {
  const session = nextAppSession({
    name,
    secret: 'a secret of the benchmark, of 32 letters',
    user: (data) => data.user,
    touchAfter: 3600,
    ...options,
  });
  const cookies = [];
  for (let index = 0; index < SESSIONS; index++) {
    const { response, request } = exchange({});
    await session(request, response).setAll({ user: USER, n: 0, text: 'x'.repeat(bytes - 40) });
    cookies.push({ [name]: decodeURIComponent(/=([^;]+)/.exec(response.headers[0])[1]) });
  }
  return { session, cookies };
}

/** A request of the Pages Router, and its response. */
function exchange(cookies) {
  const headers = [];
  const response = {
    headers,
    headersSent: false,
    getHeader: () => headers,
    setHeader: (_, values) => void headers.splice(0, headers.length, ...values),
  };
  return { request: { headers: {}, cookies }, response };
}

const WORKS = {
  read: {
    count: 500,
    run: ({ session, cookies }, index) => {
      const { request, response } = exchange(cookies[index % SESSIONS]);
      return session(request, response).get('n');
    },
  },
  write: {
    count: 500,
    run: ({ session, cookies }, index) => {
      const { request, response } = exchange(cookies[index % SESSIONS]);
      return session(request, response).set('n', index);
    },
  },
  'list of 100': { count: 20, run: ({ session }) => session.user(USER).list() },
};

/** The median µs of the two, request by request in turns, so that whatever else the machine does meets both. */
async function measure(subjects, { count, run }) {
  const times = subjects.map(() => []);
  for (let index = 0; index < count; index++) {
    for (let at = 0; at < subjects.length; at++) {
      const which = (index + at) % subjects.length;
      const start = performance.now();
      await run(subjects[which], index);
      times[which].push((performance.now() - start) * 1000);
    }
  }
  return times.map(median);
}

/** Checks that both do what they are measured at, and that one of them seals. */
async function check({ session, cookies }) {
  const { request, response } = exchange(cookies[0]);
  if ((await session(request, response).get('n')) !== 0) throw new Error('A session was not read.');
  const { length } = await session.user(USER).list({ limit: SESSIONS });
  if (length !== SESSIONS) throw new Error(`${length} sessions were listed.`);
}

export default async function sealed() {
  const rows = [];
  for (const [size, bytes] of SIZES) {
    const plain = await setUp(`plain-${bytes}`, bytes, {});
    const encryptionKey = 'a key of the benchmark, of 32 letters';
    const sealing = await setUp(`sealed-${bytes}`, bytes, { encryptionKey });
    const subjects = [plain, sealing];
    for (const subject of subjects) await check(subject);
    for (const [name, work] of Object.entries(WORKS)) {
      await measure(subjects, work);
      const turns = [];
      for (let turn = 0; turn < TURNS; turn++) turns.push(await measure(subjects, work));
      const more = turns.map(([before, after]) => after - before);
      rows.push([
        `${name}, ${size}`,
        ...[0, 1].map((which) => median(turns.map((turn) => turn[which])).toFixed(1)),
        median(more).toFixed(1),
        range(more, 1),
      ]);
    }
  }
  return {
    title: 'Sealed records',
    about:
      'A session with `encryptionKey`, and the same without, request by request in turns, on MemoryStore in one process: µs of ' +
      'the median request that reads one key, writes one key (which reads too), or lists the 100 sessions of a user. A store ' +
      'over the network has the same difference, and a third more bytes travel.',
    sections: [{ title: '', columns: ['', 'plain µs', 'sealed µs', 'more µs', 'range'], rows }],
  };
}
