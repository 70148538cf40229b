// One of several processes that use the same sessions, in the way that the seed tells. The parent gives it its job by IPC.
import { once } from 'node:events';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type FromProcess, type Job, type Shared, SLOTS, type ToProcess } from './job.js';
import { Journal, type Kind } from './journal.js';
import { openTarget, prepare } from './open-target.js';
import { planted } from './planted-bugs.js';
import { Random } from './random.js';
import { Visits } from './visits.js';

const BRIEF_SLOTS = 2;
const USERS = ['ada', 'grace', 'edsger'];
/** Sessions that have ended, or that nobody leads to any more. They are read again and again: nothing may come back. */
const MAX_ENDED = 12;
/** What a visitor waits after an error, so that an outage is not spent on calls that fail at once. */
const PAUSE_MS = 20;
const REPORT_EACH = 50;

const OFTEN: Readonly<Record<Exclude<Kind, 'create'>, number>> = {
  read: 40,
  update: 35,
  set: 12,
  touch: 7,
  regenerate: 3,
  destroy: 1.5,
  revoke: 1,
};

const tell = (message: FromProcess) => process.send?.(message);

class Process {
  readonly #job: Job;
  readonly #slots: (Shared | null)[];
  readonly #ended: Shared[] = [];
  #isStopped = false;
  /** Since the last report. */
  #done = 0;

  constructor(job: Job) {
    this.#job = job;
    this.#slots = [...job.slots];
  }

  put(slot: number, shared: Shared): void {
    const before = this.#slots[slot];
    if (before) this.#end(slot, before);
    this.#slots[slot] = shared;
  }

  async run(visits: Visits): Promise<void> {
    const clients = Array.from({ length: this.#job.clients }, (_, index) => this.#client(visits, index));
    await Promise.all(clients);
    this.#report();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Reads all that it knows of, when the faults are over. */
  async audit(visits: Visits): Promise<void> {
    for (const shared of [...this.#slots, ...this.#ended]) {
      if (!shared) continue;
      const client = `${this.#job.name}.audit`;
      await visits.run({ client, kind: 'read', shared, readsFirst: false, isBrief: shared.isBrief });
    }
  }

  async #client(visits: Visits, index: number): Promise<void> {
    const client = `${this.#job.name}.${index}`;
    const random = new Random(`${this.#job.seed} ${client}`);
    while (!this.#isStopped) {
      const hasFailed = await this.#visit(visits, client, random);
      this.#done += 1;
      if (this.#done === REPORT_EACH) this.#report();
      if (hasFailed) await sleep(PAUSE_MS);
      // Messages have their turn, though a store in memory answers without any.
      else await setImmediate();
    }
  }

  async #visit(visits: Visits, client: string, random: Random): Promise<boolean> {
    const readsFirst = random.next() < 0.3;
    const ended = random.next() < 0.05 && this.#ended.length > 0 ? random.of(this.#ended) : null;
    if (ended) {
      const { isBrief } = ended;
      const visit = {
        client,
        kind: random.of(['read', 'update'] as const),
        shared: ended,
        readsFirst,
        isBrief,
      };
      return (await visits.run(visit)).hasFailed;
    }
    const slot = random.below(SLOTS);
    const isBrief = slot < BRIEF_SLOTS;
    const shared = this.#slots[slot] ?? null;
    const kind = shared === null ? 'create' : random.weighted(OFTEN);
    const signsIn = !isBrief && (kind === 'revoke' || (kind === 'regenerate' && random.next() < 0.6));
    if (kind === 'revoke' && isBrief) return false;
    const { began, isGone, hasFailed } = await visits.run({
      client,
      kind,
      shared: kind === 'revoke' ? null : shared,
      readsFirst,
      isBrief,
      ...(signsIn && { user: random.of(USERS) }),
    });
    if (began) {
      this.put(slot, began);
      tell({ slot, shared: began });
    } else if (isGone && kind !== 'revoke' && shared) this.#end(slot, shared);
    return hasFailed;
  }

  #report(): void {
    tell({ done: this.#done });
    this.#done = 0;
  }

  #end(slot: number, shared: Shared): void {
    if (this.#slots[slot] === shared) this.#slots[slot] = null;
    if (!this.#ended.includes(shared)) this.#ended.push(shared);
    if (this.#ended.length > MAX_ENDED) this.#ended.shift();
  }
}

const [{ job }] = (await once(process, 'message')) as [{ job: Job }];
const own = new Process(job);
const stopped = new Promise<void>((resolve) => {
  process.on('message', (message: ToProcess) => {
    if ('slot' in message) own.put(message.slot, message.shared);
    if (!('stop' in message)) return;
    own.stop();
    resolve();
  });
});
const journal = new Journal(job.journal);
const store = await openTarget(job.target);
if (job.prepares) await prepare(store);
const visits = new Visits(planted(store, job.bug), job, journal);
tell({ ready: true });
await own.run(visits);
await stopped;
await own.audit(visits);
journal.close();
process.exit();
