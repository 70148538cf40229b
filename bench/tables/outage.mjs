// A Redis that freezes, thaws, dies and comes back, under 20 requests a second to each contestant at once.
import { buildApps, CONTESTANTS, startApps } from '../apps.mjs';
import { RedisServer } from '../servers.mjs';
import { median } from '../statistics.mjs';

const NAMES = [
  'next-app-session 2',
  'hand, Next 15',
  'next-app-session 1.0.7, Next 15',
  'express-session, Express',
];
const EVERY_MS = 50;
const seconds = (count) => new Promise((resolve) => setTimeout(resolve, count * 1000));

export default async function outage() {
  buildApps();
  const redis = await RedisServer.start();
  const apps = await startApps(NAMES, redis.url);
  const visitors = [];
  for (const name of NAMES) visitors.push(await Visitors.start(name, apps.of(name), CONTESTANTS[name].path));
  const events = {};
  const happens = async (name, action, wait) => {
    await action();
    events[name] = performance.now();
    await seconds(wait);
  };
  await happens('begin', () => {}, 3);
  await happens('frozen', () => redis.freeze(), 12);
  await happens('thawed', () => redis.thaw(), 6);
  await happens('dead', () => redis.stop(), 15);
  await happens('back', () => redis.start(), 20);
  for (const visitor of visitors) await visitor.stop();
  apps.stop();
  await redis.stop();
  return {
    title: 'Outage',
    about:
      'Redis is frozen (SIGSTOP) for 12 s, and later dead for 15 s, under 20 reads a second. *Waits* are those of the ' +
      'requests that came meanwhile; *later* are those that came from the seventh second on, when the outage is ' +
      'known. *Well again* is how long after Redis’s return the last request came that failed or took over 100 ms. ' +
      '`storeTimeout` is at its 5 s; the others have their client’s defaults.',
    sections: [
      section('Frozen', visitors, events.frozen, events.thawed, events.dead),
      section('Dead', visitors, events.dead, events.back, Number.POSITIVE_INFINITY),
    ],
  };
}

function section(title, visitors, from, to, until) {
  return {
    title,
    columns: [
      '',
      'longest wait s',
      'median wait s',
      'median later ms',
      'answered 200',
      'failed',
      'well again s',
    ],
    rows: visitors.map(({ name, visits }) => {
      const during = visits.filter(({ at }) => at >= from && at < to);
      const late = during.filter(({ at }) => at >= from + 7000).map(({ ms }) => ms);
      const after = visits.filter(({ at, ok, ms }) => at >= to && at < until && (!ok || ms > 100));
      const waits = during.map(({ ms }) => ms);
      return [
        name,
        (Math.max(...waits) / 1000).toFixed(2),
        (median(waits) / 1000).toFixed(2),
        median(late).toFixed(0),
        during.filter(({ ok }) => ok).length,
        during.filter(({ ok }) => !ok).length,
        (Math.max(0, ...after.map(({ at }) => at - to)) / 1000).toFixed(2),
      ];
    }),
  };
}

/** Visits a page on and on, whether the last visit has ended or not. */
class Visitors {
  visits = [];
  #under = new Set();
  #timer;

  constructor(name) {
    this.name = name;
  }

  static async start(name, app, path) {
    const visitors = new Visitors(name);
    const cookie = await app.seed(path, { k0: 'v' });
    visitors.#timer = setInterval(() => visitors.#visit(`${app.url}/bench/${path}/read-1`, cookie), EVERY_MS);
    return visitors;
  }

  #visit(url, cookie) {
    const at = performance.now();
    const visit = fetch(url, { headers: { cookie }, signal: AbortSignal.timeout(60_000) }).then(
      (response) => response.ok,
      () => false,
    );
    const seen = visit.then((ok) => {
      this.visits.push({ at, ok, ms: performance.now() - at });
      this.#under.delete(seen);
    });
    this.#under.add(seen);
  }

  async stop() {
    clearInterval(this.#timer);
    await Promise.all(this.#under);
  }
}
