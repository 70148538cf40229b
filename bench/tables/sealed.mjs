// What encryptionKey costs: the same session with and without it, on MemoryStore, where nothing but the work itself takes time.
import { createRequire } from 'node:module';
import { libraryOf } from '../next-versions.mjs';
import { at, inTurns, median } from '../statistics.mjs';

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
    count: 400,
    run: ({ session, cookies }, index) => {
      const { request, response } = exchange(cookies[index % SESSIONS]);
      return session(request, response).get('n');
    },
  },
  write: {
    count: 400,
    run: ({ session, cookies }, index) => {
      const { request, response } = exchange(cookies[index % SESSIONS]);
      return session(request, response).set('n', index);
    },
  },
  'list of 100': { count: 20, run: ({ session }) => session.user(USER).list() },
};

async function microseconds(subject, { count, run }) {
  const start = performance.now();
  for (let index = 0; index < count; index++) await run(subject, index);
  return ((performance.now() - start) * 1000) / count;
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
    const subjects = {
      plain: await setUp(`plain-${bytes}`, bytes, {}),
      sealed: await setUp(`sealed-${bytes}`, bytes, {
        encryptionKey: 'a key of the benchmark, of 32 letters',
      }),
    };
    for (const subject of Object.values(subjects)) await check(subject);
    for (const [name, work] of Object.entries(WORKS)) {
      for (const subject of Object.values(subjects)) await microseconds(subject, work);
      const times = await inTurns(Object.keys(subjects), TURNS, (which) =>
        microseconds(subjects[which], work),
      );
      const [plain, own] = [times.get('plain'), times.get('sealed')];
      const more = own.map((time, turn) => time - plain[turn]);
      rows.push([
        `${name}, ${size}`,
        median(plain).toFixed(1),
        median(own).toFixed(1),
        median(more).toFixed(1),
        `${at(more, 0.25).toFixed(1)}–${at(more, 0.75).toFixed(1)}`,
      ]);
    }
  }
  return {
    title: 'Sealed records',
    about:
      'A session with `encryptionKey`, and the same without, in turns, on MemoryStore in one process: µs a request that reads ' +
      'one key, writes one key (which reads too), or lists the 100 sessions of a user. On a store over the network the ' +
      'difference is the same, and a third more bytes travel.',
    sections: [{ title: '', columns: ['', 'plain µs', 'sealed µs', 'more µs', 'range'], rows }],
  };
}
